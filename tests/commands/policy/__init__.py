"""Tests of commands.policy."""
