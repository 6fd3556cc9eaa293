"""Operational incidents of a borrower."""
