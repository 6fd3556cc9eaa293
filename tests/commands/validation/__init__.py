"""Tests of commands.validation."""
