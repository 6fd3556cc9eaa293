"""Digests: what is due, what has moved, and who subscribes."""
