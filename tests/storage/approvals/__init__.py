"""Tests of storage.approvals."""
