"""Tests of commands.audit."""
