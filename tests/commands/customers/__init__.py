"""Tests of commands.customers."""
