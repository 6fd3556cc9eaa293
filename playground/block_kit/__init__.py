"""Block Kit: its shapes, its limits, and input from people."""
