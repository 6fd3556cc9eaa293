"""What /risk list can show, a module a list."""
