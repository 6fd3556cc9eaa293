"""Digests: deadlines, changes, and subscriptions."""

from commands.digest.editions import editions

__all__ = ["editions"]
