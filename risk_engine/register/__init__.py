"""Risks of the register: assessments, responses, residual risk and consensus."""
