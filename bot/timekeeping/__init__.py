"""Work started by the clock: jobs, seals, and reminders of pending approvals."""
