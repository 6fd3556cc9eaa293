"""Tests of storage.validation."""
