"""The discipline: pure functions over values and NumPy arrays; knows no Slack, no SQL and no clock."""
