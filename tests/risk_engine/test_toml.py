"""TOML that anybody may have written: read, or refused in a sentence; never a fault."""

from __future__ import annotations

import pytest

from risk_engine.toml import DEEPEST, NotToml, parse

HOSTILE = {
    "lists in lists": "a = " + "[" * 400 + "]" * 400,
    "lists without end": "a = " + "[" * 5_000,
    "tables in tables": "a = " + "{a = " * 300 + "1" + "}" * 300,
    "a dotted key": ".".join("a" * 3_000) + " = 1",
    "a dotted table": "[" + ".".join("a" * 900) + "]",
    "a list at the bottom": "a = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
    "a number of many digits": "a = " + "9" * 5_000,
    "a number of many hexadecimal digits": "a = 0x" + "f" * 5_000,
    "a number beyond 64 bits": "a = 9223372036854775808",
    "an escaped bell": 'a = "lost \\u0007"',
    "an escaped override of direction": 'a = ["lost \\u202e"]',
    "an escaped bell in a key": '"\\u0007" = 1',
    "a bell": 'a = "\x07"',
    "no TOML": "a = = 1",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_toml_is_refused_in_a_sentence(kind: str):
    with pytest.raises(NotToml) as refused:
        parse(HOSTILE[kind])

    assert 10 < len(str(refused.value)) < 200


def test_what_a_policy_needs_is_read():
    deep = "a = " + "[" * (DEEPEST - 1) + "1" + "]" * (DEEPEST - 1)

    assert parse(deep)
    assert parse('a = "two\\nlines"\nb = -9223372036854775808\n[c.d]\ne = [[1, 2], [3]]') == {
        "a": "two\nlines",
        "b": -(2**63),
        "c": {"d": {"e": [[1, 2], [3]]}},
    }
