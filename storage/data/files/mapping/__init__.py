"""Mappings: how a team's own columns become those of the product."""
