"""Updating of scores: each night and after changes, and breaches judged by the new figures."""
