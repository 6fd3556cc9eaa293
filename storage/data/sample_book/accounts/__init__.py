"""The sample borrowers' financial statements."""
