"""Requests from Slack: verified, admitted, read and queued."""
