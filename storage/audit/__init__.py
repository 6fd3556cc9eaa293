"""The audit trail: events chained by seals, so that whoever changes one is found out."""
