"""Tests of storage.policy."""
