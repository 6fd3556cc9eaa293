"""What stands for a customer where the policy is masked: its id instead of its name, dots instead of figures and free text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Protocol

from commands.kit.i18n import reader, reading
from storage.customers import customers
from storage.database import Tx

DOTS = "•••"

_named: ContextVar[set[str] | None] = ContextVar("named", default=None)


def masked() -> bool:
    """Whether whoever reads what is being written now sees ids and colours alone."""
    return reader().masked


class Named(Protocol):
    """A customer as storage knows it, or a hit of the search."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def called(who: Named) -> str:
    """What a customer is called."""
    return customer(who.id, who.name)


def customer(id: str, name: str) -> str:
    """A customer's name, or its id alone."""
    named = _named.get()
    if named is not None:
        named.add(id)
    return id if masked() else name


def with_id(id: str, name: str) -> str:
    """``Vltava Kov a.s. (VK-01)``, or the id alone."""
    shown = customer(id, name)
    return shown if masked() else f"{shown} ({id})"


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """What these customers are called."""
    return {id: customer(id, name) for id, name in customers.names(tx, ids).items()}


def figure(written: str) -> str:
    """A figure about customers, or dots."""
    return DOTS if masked() else written


def prose(text: object) -> str:
    """What somebody wrote in words of their own, or dots."""
    return DOTS if masked() and str(text).strip() else str(text)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Which customers are named inside the block, by their ids."""
    named: set[str] = set()
    token = _named.set(named)
    try:
        yield named
    finally:
        _named.reset(token)


@contextmanager
def unmasked() -> Iterator[None]:
    """Write inside the block what is kept on our side, or shown to one person who asked for it, in full."""
    with reading(replace(reader(), masked=False)):
        yield
