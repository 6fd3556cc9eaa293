"""Scores, their lineage, and overrides."""
