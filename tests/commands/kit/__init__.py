"""Tests of commands.kit."""
