"""Requests carried out, and scores kept up to date."""
