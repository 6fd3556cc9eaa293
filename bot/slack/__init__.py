"""Calls to Slack: the client, where calls may go, what came of them, and who is a member."""
