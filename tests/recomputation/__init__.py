"""A second computation of every stored figure: plain Python from the standards, the policy file and exported files alone."""
