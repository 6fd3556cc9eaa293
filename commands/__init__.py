"""Everything that people or the clock may ask, and what they see in return."""
