"""Indicators against their thresholds, and the breaches that follow."""
