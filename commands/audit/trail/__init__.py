"""The trail for readers: queries, lines and spreadsheets."""
