"""Approvals: steps, votes, committees, conditions and delegation."""
