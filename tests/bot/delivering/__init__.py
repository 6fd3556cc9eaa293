"""Tests of bot.delivering."""
