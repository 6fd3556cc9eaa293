"""Outcomes, against which a model is validated."""
