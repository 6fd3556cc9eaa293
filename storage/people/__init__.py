"""Roles of people, and the second line's samples."""
