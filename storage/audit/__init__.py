"""The audit trail: events chained by seals, so that every change is detected."""
