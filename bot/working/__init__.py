"""Carrying out of requests, and updating of scores."""
