"""Tests of commands.approvals.delegation."""
