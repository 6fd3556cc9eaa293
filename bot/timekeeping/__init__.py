"""Work that the clock starts: jobs, seals, approvals that wait."""
