"""Tests of commands.audit.verification."""
