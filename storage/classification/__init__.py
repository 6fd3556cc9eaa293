"""Defaults on record, and people's judgements about them."""
