"""Verify the trail and the register, and report the result."""
