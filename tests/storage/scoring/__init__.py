"""Tests of storage.scoring."""
