"""The second line: monthly list of judgemental decisions, and the review of its sample."""
