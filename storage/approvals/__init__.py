"""Requests for a decision, their conditions, and delegations."""
