"""Indicators, their thresholds, and breaches."""
