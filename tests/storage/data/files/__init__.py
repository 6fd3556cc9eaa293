"""Tests of storage.data.files."""
