"""Row digests: the tables covered by the trail, and the statements of their rows in events."""
