"""Tests of bot.receiving."""
