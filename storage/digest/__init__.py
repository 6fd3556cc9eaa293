"""Queries of digests and of Home."""
