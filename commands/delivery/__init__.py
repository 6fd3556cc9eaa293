"""Share, page, export and reveal answers."""
