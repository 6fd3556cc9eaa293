"""Reasons for values of the packaged policy, from the comments above and beside each key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from risk_engine.policy.policy_keys import Path
from storage.policy.policies import packaged_text

_TABLE = re.compile(r"^(\[\[?)([\w.-]+)\]")
_KEY = re.compile(r'^([A-Za-z0-9_-]+|"[^"]+")\s*=\s*(.*)$')
# a comment follows a value; a "#" within a text is no comment
_BESIDE = re.compile(r"""(?:[^#"']|"[^"]*"|'[^']*')*#\s*(.*)$""")
_NAMES = ("name", "kind")
# a commented-out line of TOML is an example, not a reason
_EXAMPLE = re.compile(r'^(\[[\w.-]+\]|\w+ = ["\[{0-9])')


def reason_for(path: Path) -> str | None:
    """Return the reason for a key's packaged value, or the purpose of its table; None without a comment."""
    return reasons().get(path)


@cache
def reasons() -> Mapping[Path, str]:
    """Return the reason for each key or table of the packaged policy that has one."""
    return dict(_read(packaged_text()))


def _read(text: str) -> Iterator[tuple[Path, str]]:
    """Yield every comment with the path of its key or table."""
    table: Path = ()
    above: list[str] = []
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("#"):
            said = line.lstrip("# ")
            above += [] if _EXAMPLE.match(said) else [said]
            continue
        if header := _TABLE.match(line):
            table, inside = tuple(header[2].split(".")), header[1] == "[["
            yield from _said(table, above)
        elif key := _KEY.match(line):
            name, value = key[1].strip('"'), key[2]
            if inside and name in _NAMES:
                # an entry of an array goes by its name
                table, inside = (*table, value.partition("#")[0].strip().strip('"')), False
            beside = _BESIDE.match(value)
            yield from _said((*table, name), [*above, *([beside[1]] if beside else [])])
        above = []


def _said(path: Path, lines: list[str]) -> Iterator[tuple[Path, str]]:
    if lines:
        yield path, " ".join(lines)
