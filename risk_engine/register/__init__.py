"""The risk register: assessments, responses, residual risk and consensus."""
