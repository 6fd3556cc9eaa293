"""Concentration, granularity and large exposures."""
