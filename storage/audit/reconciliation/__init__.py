"""Reconciliation: rows of other tables, stated in the trail and compared with it."""
