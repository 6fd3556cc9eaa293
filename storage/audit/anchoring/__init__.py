"""Anchoring: how the trail ended, kept outside of the database."""
