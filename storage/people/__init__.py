"""Roles of people, and their accounts."""
