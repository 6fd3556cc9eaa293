"""Tests of bot.timekeeping."""
