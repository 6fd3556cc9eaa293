"""Slack's Web API: a registry of methods with one entrance."""

from playground.web_api import apps, auth, chat, conversations, files, reactions, users, views
from playground.web_api.registry import METHODS
from playground.web_api.server import add_routes

__all__ = ["METHODS", "add_routes", "apps", "auth", "chat", "conversations", "files", "reactions", "users", "views"]
