"""Tests of bot.scoring."""
