"""Breaches of indicators."""
