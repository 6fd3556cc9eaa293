"""Debts of the sample borrowers, with terms and collateral."""
