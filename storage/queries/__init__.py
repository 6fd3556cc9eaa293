"""Common parts of queries: prepared statements, conditions over long lists, and whole tables as columns."""
