"""A message as plain lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commands.kit.contract import Message


def lines(message: Message) -> Iterator[str]:
    """Yield the message's blocks, one or more lines each."""
    for block in message.blocks:
        match block["type"]:
            case "header":
                yield block["text"]["text"]
                yield "=" * len(block["text"]["text"])
            case "context":
                yield "  ".join(element["text"] for element in block["elements"])
            case "rich_text":
                for element in block["elements"]:
                    yield from _rich(element)


def _rich(element: dict[str, Any]) -> Iterator[str]:
    if element["type"] == "rich_text_list":
        for item in element["elements"]:
            yield f"  - {_section(item)}"
    else:
        yield _section(element)


def _section(element: dict[str, Any]) -> str:
    return "".join(part.get("text") or f"@{part.get('user_id', '')}" for part in element["elements"])
