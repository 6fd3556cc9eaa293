"""Tests of commands.approvals."""
