"""Digests: what is due, what has moved, and who subscribes."""

from commands.digest.editions import editions

__all__ = ["editions"]
