"""Tests of storage.queries."""
