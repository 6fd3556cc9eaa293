"""Tests of commands.scoring."""
