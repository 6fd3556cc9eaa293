"""Tests of commands.digest."""
