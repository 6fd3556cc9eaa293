"""The schedule and scope of the daily digest."""
