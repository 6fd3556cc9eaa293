"""Tests of storage.customers."""
