"""Carrying out of requests."""
