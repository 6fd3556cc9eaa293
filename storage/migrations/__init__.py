"""Migrations of the tables, and their upgrade at the start."""
