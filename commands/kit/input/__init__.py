"""Input: typed lines and forms, read into arguments."""
