"""Anchoring: the end of the trail, recorded outside the database."""
