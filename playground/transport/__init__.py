"""Transports between the workspace and the bot: Socket Mode, HTTP, events and response URLs."""
