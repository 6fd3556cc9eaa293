"""The lists of /risk list, one module per list."""
