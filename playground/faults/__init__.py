"""Faults on demand: lost replies, refusals and rate limits."""
