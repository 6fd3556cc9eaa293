"""Questions that a digest and a desk ask."""
