"""Defaults on record, and what people have judged about them."""
