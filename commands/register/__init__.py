"""Log risks, propose responses, and name their owners."""
