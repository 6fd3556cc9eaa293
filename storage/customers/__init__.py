"""Customers: master data, exposures, and search."""
