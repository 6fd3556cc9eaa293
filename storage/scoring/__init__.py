"""Scores, rankings by them, their lineage, and overrides."""
