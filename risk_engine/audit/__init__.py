"""Audit, reads and privacy: what is recorded, for how long, and who may see it."""
