"""Customers: who they are, what they owe, and how they are found."""
