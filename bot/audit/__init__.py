"""The audit trail at run time: sealed, anchored and verified."""
