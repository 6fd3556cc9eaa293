"""Judgements of people about default."""
