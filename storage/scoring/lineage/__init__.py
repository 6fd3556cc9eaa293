"""Lineage of a score: every fact behind it, down to file and row."""
