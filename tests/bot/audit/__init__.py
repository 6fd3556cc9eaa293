"""Tests of bot.audit."""
