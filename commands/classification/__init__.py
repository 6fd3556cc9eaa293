"""Show and judge whether a customer is in default."""
