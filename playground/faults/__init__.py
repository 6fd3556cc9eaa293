"""Faults: lost replies, refusals and rate limits, on order."""
