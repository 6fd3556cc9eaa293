"""Tests of commands.indicators."""
