"""Roles, rights and reach of people, and the second line's sample."""
