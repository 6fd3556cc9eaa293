"""Tests of commands.approvals.cards."""
