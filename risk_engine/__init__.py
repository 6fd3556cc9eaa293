"""The discipline: pure functions over values and NumPy arrays, without Slack, SQL or a clock."""
