"""Wording: figures, dates, roles and refusals in the reader's language."""
