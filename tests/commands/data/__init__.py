"""Tests of commands.data."""
