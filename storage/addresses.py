"""Addresses with a password in them: which parts may be said, and which never."""

from __future__ import annotations

import re
from collections.abc import Iterator

# what may be said of an address's parameters; any other may be a password, or a mistyped one
_HARMLESS = frozenset({"sslmode", "host", "hostaddr", "port", "dbname", "user", "application_name", "connect_timeout", "mode", "cache"})
# less would be found in every second word
_SHORTEST = 3
HIDDEN = "[redacted]"


def secrets_in(address: str) -> Iterator[str]:
    """What an address holds that must not be said: its password, whole and in pieces, as it stands there and as it is meant.

    A password with @, / or # that is not written as %40 and the like is read as a part of the host or of a path, and the driver's
    message names that part: so every piece is a secret.
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
    """Text with its ``%40`` and the like as the characters that they stand for."""
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), text.encode("utf-8", "replace")).decode("utf-8", "replace")


def without_secrets(message: str, address: str) -> str:
    """A message about an address, with nothing in it that the address must keep."""
    for secret in sorted(set(secrets_in(address)), key=len, reverse=True):
        message = message.replace(secret, HIDDEN)
    return message
