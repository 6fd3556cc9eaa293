"""App Home, help and status."""
