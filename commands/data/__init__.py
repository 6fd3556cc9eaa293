"""Import and export files, and report on the quality of the data."""
