"""The scorecard, its drivers, the grade, and its override by a person."""
