"""Delegate authority, list the delegations in force, and tell the people concerned."""
