"""Approval requests, their conditions, and delegations."""
