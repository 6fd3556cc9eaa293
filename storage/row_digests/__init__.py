"""Row digests: which tables the trail answers for, and how events state their rows."""
