"""The few types that every part of the playground shares."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal in Slack's own words: an error code and whatever Slack sends beside it."""

    def __init__(self, code: str, **beside: Any) -> None:
        super().__init__(code)
        self.code = code
        self.beside = beside

    def reply(self) -> Json:
        """The body with which the Web API answers this refusal."""
        return {"ok": False, "error": self.code, **self.beside}


def invalid_arguments(*problems: str) -> SlackError:
    """Slack's refusal of malformed arguments; each problem becomes an ``[ERROR]`` line."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]})
