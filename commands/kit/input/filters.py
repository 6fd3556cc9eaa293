"""Filters over the book's attributes: requested values in words, and available ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from commands.kit.access import masking
from commands.kit.contract import Args
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input.fields import arguments
from commands.kit.wording import words
from risk_engine.people.roles import Reach
from storage.customers import customers
from storage.database import Tx

Word = Annotated[str, Field(min_length=1, max_length=100)]
COLUMNS = ("sector", "country", "department", "manager", "group")


def empty_book(tx: Tx) -> str:
    """Return the reason why there is no customer, and the remedy."""
    if tx.sight.everything:
        return str(_("The book is empty. An administrator loads it with `python -m bot import customers FILE`."))
    if tx.sight.reach is Reach.OWN:
        return str(
            _("You can see the customers whose relationship manager you are; there are none. Files name managers by Slack id or name.")
        )
    theirs = listed(sorted(tx.sight.departments)) or str(pgettext("empty list", "none"))
    return str(_("You can see the customers of your departments ({names}); there are none.").format(names=theirs))


def named_filters(args: Args) -> str:
    """Return ``sector Energy · country DE``; empty without filters."""
    labels = {argument.name: str(argument.ask.label).lower() for argument in arguments(type(args))}
    given = {column: getattr(args, column, None) for column in COLUMNS}
    return " · ".join(f"{labels[column]} {shown(column, value)}" for column, value in given.items() if value is not None)


def shown(column: str, value: object) -> str:
    """Return a filter's value; a group's name counts as a customer's name for masking."""
    return masking.prose(value) if column == "group" else words.label(str(value))


def values_that_exist(tx: Tx, args: Args) -> str:
    """Return the available values of the first filter given."""
    labels = {argument.name: str(argument.ask.label).lower() for argument in arguments(type(args))}
    for column in COLUMNS:
        if getattr(args, column, None) is not None:
            known = listed(shown(column, value) for value in customers.values_of(tx, column, limit=12))
            return str(_("Available for {column}: {known}.").format(column=labels[column], known=known))
    return ""
