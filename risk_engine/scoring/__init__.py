"""The scorecard, its drivers, the grade, and a person's override of it."""
