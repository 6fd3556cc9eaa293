"""Roles, rights and reach of people."""
