"""Credit events, for the validation of models."""
