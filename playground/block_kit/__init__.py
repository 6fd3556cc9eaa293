"""Block Kit: its shapes, its limits, and what people type into it."""
