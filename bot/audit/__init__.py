"""The audit trail while the bot runs: sealed, anchored and verified."""
