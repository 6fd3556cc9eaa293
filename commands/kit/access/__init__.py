"""Access: who may ask, who may decide, and what each may see."""
