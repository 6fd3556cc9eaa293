"""Masking of customers: ids instead of names, dots instead of figures and free text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Protocol

from commands.kit.i18n import noted, reader, reading
from storage.customers import customers
from storage.database import Tx

DOTS = "•••"

_named: ContextVar[set[str] | None] = ContextVar("named", default=None)


def masked() -> bool:
    """Return True if the reader of the present text sees ids and colours only."""
    return reader().masked


class Named(Protocol):
    """A customer as storage knows it, or a hit of the search."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def called(who: Named) -> str:
    """Return the name of a customer, or its id alone."""
    return customer(who.id, who.name)


def customer(id: str, name: str) -> str:
    """Return a customer's name, or its id alone."""
    named = _named.get()
    if named is not None:
        named.add(id)
    return id if masked() else name


def with_id(id: str, name: str) -> str:
    """Return ``Vltava Kov a.s. (VK-01)``, or the id alone."""
    shown = customer(id, name)
    return shown if masked() else noted(shown, id)


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """Return the names of these customers, or their ids alone."""
    return {id: customer(id, name) for id, name in customers.names(tx, ids).items()}


def figure(written: str) -> str:
    """Return a figure about customers, or dots."""
    return DOTS if masked() else written


def prose(text: object) -> str:
    """Return free text, or dots."""
    return DOTS if masked() and str(text).strip() else str(text)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Collect the ids of the customers named inside the block."""
    named: set[str] = set()
    token = _named.set(named)
    try:
        yield named
    finally:
        _named.reset(token)


@contextmanager
def unmasked() -> Iterator[None]:
    """Write in full inside the block, for storage or for one person who asked."""
    with reading(replace(reader(), masked=False)):
        yield
