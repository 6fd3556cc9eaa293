"""Show, find, list and rank customers."""
