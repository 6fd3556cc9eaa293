"""The ids of people whose names stand in files, so that an owner of a file can be mentioned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from storage.names import name_key

_known: ContextVar[Mapping[str, str]] = ContextVar("known", default=MappingProxyType({}))


@contextmanager
def knowing(named: Mapping[str, str]) -> Iterator[None]:
    """Write inside the block with these ids by name."""
    token = _known.set(named)
    try:
        yield
    finally:
        _known.reset(token)


def id_of(name: str) -> str | None:
    """Return the id of the only person with this name, in any case and without accents; None for others."""
    return _known.get().get(name_key(name))
