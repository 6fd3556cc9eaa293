"""Approvals as people see them: cards, their buttons and words, and the thread of a request."""
