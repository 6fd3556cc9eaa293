"""Input: typed lines and forms, parsed into arguments."""
