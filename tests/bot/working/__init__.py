"""Tests of bot.working."""
