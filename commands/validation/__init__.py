"""Validate the model and report the findings."""
