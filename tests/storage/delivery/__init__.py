"""Tests of storage.delivery."""
