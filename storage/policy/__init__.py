"""Policy versions, changes, and the policy in force."""
