"""Facts as columns: what a scoring looks at, and what of it was known on a past day."""
