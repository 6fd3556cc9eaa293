"""Which customer somebody means."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from commands.kit.contract import Refused
from commands.kit.fields import Ask
from commands.kit.i18n import _
from storage import customers, search
from storage.customers import Customer
from storage.database import Tx

CustomerText = Annotated[
    str, Field(min_length=1, max_length=200), Ask(_("Customer"), options="customer", placeholder=_("Name or id"), rest=True)
]


def resolve(tx: Tx, text: str) -> Customer:
    """The customer that is meant: its id, its name, or the only one that the text can mean.

    Raises:
        Refused: nobody, or several; the refusal names the nearest.
    """
    same = customers.named(tx, text)
    if len(same) == 1:
        return same[0]
    found = search.find(tx, text, limit=5)
    if not same and len([hit for hit in found if hit.likeness >= 97]) == 1:
        only = customers.get(tx, found[0].id)
        assert only is not None, "the index holds current customers"
        return only
    names = ", ".join(f"{customer.name} ({customer.id})" for customer in same) or ", ".join(f"{hit.name} ({hit.id})" for hit in found)
    if not names:
        raise Refused(
            _("I know no customer like “{text}”. `/risk find` searches, `/risk list` shows the book.").format(text=text), field="customer"
        )
    if same or found[0].likeness >= 97:
        raise Refused(
            _("“{text}” fits several customers: {names}. Which one? An id is exact.").format(text=text, names=names), field="customer"
        )
    raise Refused(_("I know no customer “{text}”. Did you mean {names}?").format(text=text, names=names), field="customer")
