"""Filters over the book's attributes: requested values in words, and available ones."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field

from commands.kit.access import masking
from commands.kit.contract import Args, Refused
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input import book_values, several
from commands.kit.input.fields import arguments
from commands.kit.wording import words
from risk_engine.people.roles import Reach
from storage.customers import customers
from storage.database import Tx

_LONGEST = 100
Word = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
# several values, with commas between them
Words = Annotated[str, Field(min_length=1, max_length=300)]
COLUMNS = book_values.COLUMNS
# up to so many values are all listed; of more only the few that most customers have
MOST, FEW = 12, 6
A = TypeVar("A", bound=Args)


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
    return several.said(str(value), lambda one: masking.prose(one) if column == "group" else words.label(one))


def in_the_book(args: A, tx: Tx) -> A:
    """Return the arguments with each filter in the book's spelling; a value that is only another column's filters by that one."""
    found: dict[str, str | None] = {}
    for column in (name for name in book_values.COLUMNS if getattr(args, name, None) is not None):
        typed = str(getattr(args, column))
        if (chosen := _several(args, column, tx)) is not None:
            _check_spelling(tx, column, chosen)
            found[column] = chosen.typed
            continue
        value = book_values.settled(tx, column, typed)
        others = [other for other in ("country", "department") if column == "sector" and getattr(args, other, "") is None]
        moved = next(((other, meant) for other in others if value is None and (meant := book_values.settled(tx, other, typed))), None)
        found |= {column: None, moved[0]: moved[1]} if moved else {column: value or typed}
    return args.model_copy(update=found) if found else args


def _several(args: Args, column: str, tx: Tx) -> several.Chosen | None:
    """Return the values of a filter that takes several of them; None for a filter that takes one, or if it has one."""
    takes = next(one.longest for one in arguments(type(args)) if one.name == column) != _LONGEST
    return several.chosen(tx, column, str(getattr(args, column))) if takes else None


def _check_spelling(tx: Tx, column: str, chosen: several.Chosen) -> None:
    """Refuse a mistyped value among several, which would be left out silently.

    Raises:
        Refused: names the value and the one that was probably meant.
    """
    for value in chosen.values:
        if not customers.has_value(tx, column, value) and (near := book_values.near(tx, column, value)):
            raise Refused(_("No customer has “{value}”. Did you mean {near}?").format(value=value, near=shown(column, near)), field=column)


def values_that_exist(tx: Tx, args: Args) -> str:
    """Return the nearest or the available values of the first filter that no customer has; empty if each filter has some."""
    labels = {argument.name: str(argument.ask.label).lower() for argument in arguments(type(args))}
    for column in COLUMNS:
        typed = getattr(args, column, None)
        typed = typed if typed is None else several.missing(tx, column, typed)
        if typed is None:
            continue
        if near := book_values.near(tx, column, typed):
            return str(_("Did you mean {column} {near}?").format(column=labels[column], near=shown(column, near)))
        known = customers.common_values(tx, column, limit=MOST + 1)
        if not known:
            return ""
        names = listed(shown(column, value) for value in (sorted(known) if len(known) <= MOST else known[:FEW]))
        sentence = _("Available for {column}: {known}.") if len(known) <= MOST else _("Available for {column}: {known}, and others.")
        return str(sentence.format(column=labels[column], known=names))
    return ""
