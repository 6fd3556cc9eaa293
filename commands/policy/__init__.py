"""Show and change the policy."""
