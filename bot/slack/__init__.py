"""Calls to Slack: the client, allowed hosts, outcomes, and members."""
