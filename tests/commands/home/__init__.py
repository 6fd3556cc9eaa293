"""Tests of commands.home."""
