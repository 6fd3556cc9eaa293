"""Scores, where they come from, and overrides of them."""
