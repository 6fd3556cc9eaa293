"""Tests of storage.data."""
