"""Tests of commands.people."""
