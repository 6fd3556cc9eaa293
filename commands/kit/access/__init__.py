"""Access: requesting, deciding, and seeing."""
