"""The team's policy: one model assembled from the parts of the rooms, read from files and changed key by key."""
