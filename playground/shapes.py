"""The types shared by all parts of the playground."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal by Slack: an error code and the further fields of its reply."""

    def __init__(self, code: str, **beside: Any) -> None:
        super().__init__(code)
        self.code = code
        self.beside = beside

    def reply(self) -> Json:
        """Return the body of the Web API's reply."""
        return {"ok": False, "error": self.code, **self.beside}


def invalid_arguments(*problems: str) -> SlackError:
    """Return Slack's refusal of malformed arguments, with an ``[ERROR]`` line per problem."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]})
