"""Ratings: letters on a master scale, migration between them, and PD over time."""
