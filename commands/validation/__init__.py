"""Validate the model and say what was found."""
