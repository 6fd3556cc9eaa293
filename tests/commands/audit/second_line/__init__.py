"""Tests of commands.audit.second_line."""
