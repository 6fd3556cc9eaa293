"""Reconciliation of the register's rows with their statements in the trail."""
