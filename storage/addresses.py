"""Database addresses with passwords: the parts that may be shown, and the secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

# parameters that may be shown; any other may be a password, or a mistyped one
_HARMLESS = frozenset({"sslmode", "host", "hostaddr", "port", "dbname", "user", "application_name", "connect_timeout", "mode", "cache"})
# shorter pieces would occur in ordinary words
_SHORTEST = 3
HIDDEN = "[redacted]"


def secrets_in(address: str) -> Iterator[str]:
    """Yield the secrets of an address: its password, whole and in pieces, both encoded and decoded.

    A password with an unescaped @, / or # is parsed as a part of the host or path, and the driver's message names that part: so
    every piece is a secret.
    """
    rest = address.partition("://")[2] or address
    before, at, _host = rest.rpartition("@")
    if at:
        yield from _pieces(before.partition(":")[2])
    for name, value in re.findall(r"[?&;]([^=&;#]*)=([^&;#]*)", rest):
        if name.lower() not in _HARMLESS:
            yield from _pieces(value)


def _pieces(text: str) -> Iterator[str]:
    for read in (text, _meant(text), _meant(text.replace("+", " "))):
        for piece in (read, *re.split(r"[@/:?#&%\s\[\]]", read)):
            if len(piece) >= _SHORTEST:
                yield piece


def _meant(text: str) -> str:
    """Return text with percent escapes such as ``%40`` decoded."""
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), text.encode("utf-8", "replace")).decode("utf-8", "replace")


def without_secrets(message: str, address: str) -> str:
    """Return a message about an address without the address's secrets."""
    for secret in sorted(set(secrets_in(address)), key=len, reverse=True):
        message = message.replace(secret, HIDDEN)
    return message
