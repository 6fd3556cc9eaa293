"""Slack's markup in text from people: decoded here for commands, forms and message shortcuts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

# only Slack writes these brackets: those that people type arrive as &lt; and &gt;
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>")
_OTHER = re.compile(
    r"<(?:(?P<sign>[#!])(?P<name>[^<>|]+)|(?P<address>(?:https?|mailto|tel|sip|ftp|slack):[^<>|]+))(?:\|(?P<label>[^<>]*))?>"
)

Called = Callable[[str], str]


def unescape(text: str) -> str:
    """Return text with Slack's ``&amp; &lt; &gt;`` decoded."""
    return html.unescape(text) if re.search(r"&(amp|lt|gt);", text) else text


def but_for_people(text: str) -> str:
    """Return text with links, channels and groups as people see them, and mentions of people in their brackets."""
    return _OTHER.sub(_seen, text)


def with_names(text: str, called: Called = str) -> str:
    """Return text with ``@name`` in place of each mention of a person; ``called`` gives the name of an id without one."""
    return _PERSON.sub(lambda found: "@" + (found[2] or called(found[1])).removeprefix("@"), text)


def readable(text: str, called: Called = str) -> str:
    """Return a message as people saw it: names, ``@here``, the words of a link or its bare address, ``&`` as a character."""
    return unescape(with_names(but_for_people(text), called))


def _seen(found: re.Match[str]) -> str:
    label = found["label"]
    if found["address"]:
        return label or re.sub(r"^(mailto|tel|sip):", "", found["address"])
    if found["sign"] == "#":
        return "#" + (label or found["name"]).removeprefix("#")
    # <!here>, <!subteam^S1|@risk>, <!date^1700000000^{date}|14 November>
    name = found["name"].partition("^")[0]
    return label if label and name == "date" else "@" + (label or name).removeprefix("@")
