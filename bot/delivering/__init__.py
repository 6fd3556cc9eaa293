"""Messages, files and deletions on their way to Slack."""
