"""The arguments that a typed word may be meant for: those that accept it, and those that it resembles."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from commands.kit.input import bounds, synonyms, when
from commands.kit.input.fields import Argument, user_id
from commands.kit.input.mistyped import nearest
from commands.kit.input.plain import plain

ME = ("me", "i", "myself", "我", "本人")
_OURS_OR_SIMILAR = re.compile(r"[A-Za-z]{1,2}-?\d+|\d+")
# words for a number that are none
_AMOUNTS = ("many", "some", "few", "several", "all", "most")


def is_strict(argument: Argument) -> bool:
    """Return True for an argument of which a word alone shows whether it is meant."""
    kind = argument.choices or argument.is_reference or argument.ask.person or argument.ask.bounds
    return bool(kind or argument.type in (date, time, int))


def fits(argument: Argument | None, typed: str, today: date | None, *, named: bool = False) -> bool:
    """Return True if an argument of a strict kind accepts a text.

    Args:
        named: whether the line names the argument, so that the text need not tell it.
    """
    if argument is None:
        return False
    text = plain(typed)
    if argument.several:
        parts = [part for part in re.split(r"[,;、]", text) if part.strip()]
        return bool(parts) and all(synonyms.choice(type(argument.choices[0]), part) is not None for part in parts)
    if argument.choices:
        return synonyms.choice(type(argument.choices[0]), text) is not None
    if argument.is_reference:
        return _parses(argument.type.parse, text)
    if argument.ask.person:
        return text.lower() in ME or _parses(user_id, text)
    if argument.ask.bounds is not None:
        if named:
            return bounds.parse(text, argument.ask.bounds) is not None
        return bounds.unit_of(text) is argument.ask.bounds
    if argument.type is date:
        return when.day(text, today or date.min.replace(year=2000)) is not None
    if argument.type is time:
        return when.clock(text) is not None
    return argument.type is int and re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII) is not None


def resembles(argument: Argument | None, typed: str) -> bool:
    """Return True if a text was meant for an argument, so that the refusal can name the accepted values."""
    if argument is None:
        return False
    text = plain(typed)
    if argument.choices:
        return nearest(text, [choice.value for choice in argument.choices]) is not None
    if argument.is_reference or argument.ask.person:
        return text.startswith("@") or _OURS_OR_SIMILAR.fullmatch(text) is not None
    if argument.type is int:
        return text.lower() in _AMOUNTS
    return argument.type is date and re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]?\d{0,4}", text) is not None


def _parses(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
