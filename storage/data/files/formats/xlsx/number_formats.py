"""Number formats of spreadsheets that add digits or signs to whole numbers, as those of account numbers do."""

from __future__ import annotations

import re
from functools import lru_cache

# a quoted text, an escaped sign, a place for a digit, or a sign that stands for itself
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|([0#])|([-+/() ])')


def as_shown(number: int, code: str) -> str:
    """Return a whole number as a spreadsheet shows it in a format such as ``0000`` or ``"K-"000-000``; plain in any other."""
    tokens = _tokens(code)
    if number < 0 or not tokens:
        return str(number)
    digits, shown = list(str(number)), list[str]()
    first = next(place for place, (literal, _) in enumerate(tokens) if literal is None)
    for place in range(len(tokens) - 1, -1, -1):
        literal, always = tokens[place]
        if literal is not None:
            shown.append(literal)
        elif digits or always:
            shown.append(digits.pop() if digits else "0")
        if place == first and digits:
            shown.append("".join(digits))
            digits = []
    return "".join(reversed(shown))


@lru_cache(256)
def _tokens(code: str) -> tuple[tuple[str | None, bool], ...]:
    """Return the parts of a format: literals, and places of digits that are always shown or not; empty if it has other parts."""
    section, found = code.split(";")[0], list[tuple[str | None, bool]]()
    place = 0
    while place < len(section):
        if (token := _TOKEN.match(section, place)) is None:
            return ()
        quoted, escaped, digit, sign = token.groups()
        found.append((None, digit == "0") if digit else (quoted or escaped or sign or "", False))
        place = token.end()
    return tuple(found) if any(literal is None for literal, _ in found) else ()
