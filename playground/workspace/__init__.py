"""The workspace: people, channels, messages and files."""
