"""Show and give roles; draw the second line's sample."""
