"""Mappings from a team's own columns to those of the product."""
