"""The customer that a text means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from commands.kit.access import masking
from commands.kit.contract import Refused
from commands.kit.i18n import Text, _, listed
from commands.kit.input.fields import Ask
from commands.kit.input.plain import plain
from risk_engine.references import ours
from storage.customers import customers, search
from storage.customers.customers import Customer
from storage.database import Tx
from storage.names import name_key

# the prefix that marks an id as a customer's
PREFIX = "customer:"
# the likeness of a name that contains the typed text
PART_OF_A_NAME = 97
# the most words of a name that a text begins with
_LONGEST_NAME = 7

CustomerText = Annotated[
    str, Field(min_length=1, max_length=200), Ask(_("Customer"), options="customer", placeholder=_("Name or id"), rest=True)
]

# the customer whose screen has the button, carried along in its form
ThisCustomer = Annotated[str, Field(min_length=1, max_length=200), Ask(_("Customer"), hidden=True)]


class Ambiguous(Refused):
    """The text fits several customers; ``candidates`` are their (id, name)."""

    def __init__(self, sentence: Text, candidates: Sequence[tuple[str, str]]) -> None:
        super().__init__(sentence, field="customer")
        self.candidates = candidates


def typed(id: str) -> str:
    """Return a customer's id in its unambiguous form: ``customer:R-26``."""
    return f"{PREFIX}{id}" if ours(id) or id.lower().startswith(PREFIX) else id


def label(who: Customer) -> str:
    """Return a customer as it stands in a form: ``Vltava Kov a.s. (VK-01)``."""
    return masking.with_id(who.id, who.name)


def resolve_to_change(tx: Tx, text: str) -> Customer:
    """Return the customer for a change: an id that looks like one of Riskbot's is not accepted.

    Raises:
        Refused, Ambiguous: as :func:`resolve`; or the id is ambiguous, and the sentence gives the unambiguous form.
    """
    who = resolve(tx, text)
    if ours(text) and ours(who.id) == ours(text):
        sentence = _("“{text}” looks like one of Riskbot's own ids (R-17, A-3, …). For the customer with this id, type {typed}.")
        raise Refused(sentence.format(text=masking.prose(text), typed=f"`{typed(who.id)}`"), field="customer")
    return who


def resolve(tx: Tx, text: str) -> Customer:
    """Return the customer with this id or name, or the only match; after ``customer:`` by id only.

    Raises:
        Refused: there is no match; the nearest are named.
        Ambiguous: there are several matches.
    """
    if text.lower().startswith(PREFIX):
        return _by_id(tx, text[len(PREFIX) :].strip())
    same = customers.named(tx, text) or customers.named(tx, plain(text))
    if len(same) == 1:
        return same[0]
    found = search.find(tx, text, limit=5)
    whole = [hit for hit in found if without_form(hit.name) == without_form(text)]
    if not same and len(whole) == 1:
        only = customers.get(tx, whole[0].id)
        assert only is not None, "the index holds current customers"
        return only
    if not same and len([hit for hit in found if hit.likeness >= PART_OF_A_NAME]) == 1:
        only = customers.get(tx, found[0].id)
        assert only is not None, "the index holds current customers"
        return only
    typed = masking.prose(text)
    candidates = [(customer.id, customer.name) for customer in same] or [(hit.id, hit.name) for hit in found]
    if not candidates:
        raise Refused(
            _("No customer matches “{text}”. Search with `/risk find`, or list all with `/risk list`.").format(text=typed), field="customer"
        )
    names = listed(masking.with_id(id, name) for id, name in candidates)
    if same or found[0].likeness >= PART_OF_A_NAME:
        raise Ambiguous(
            _("“{text}” matches several customers: {names}. Use the id of the one you mean.").format(text=typed, names=names), candidates
        )
    raise Ambiguous(_("No customer matches “{text}”. Did you mean {names}?").format(text=typed, names=names), candidates)


# what follows the name of a company in its register
_FORMS = re.compile(
    r"ab|ag|asa?|bv|co|company|corp|corporation|doo|gmbh|inc|jsc|kft|kg|kk|limited|llc|llp|lp|ltd|nv|oyj?|plc|pte|pty"
    r"|sa|sarl|sas|se|sl|spa|spolka|srl|sro|zoo"
)


def without_form(name: str) -> str:
    """Return the key of a name without its legal form: ``vltava kov`` for "Vltava Kov a.s."."""
    words = name_key(name).split()
    while len(words) > 1 and _FORMS.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


def leading(tx: Tx, text: str) -> tuple[Customer, str] | None:
    """Return the customer whose id or name begins a text, and the rest of the text; None if none does."""
    words = list(re.finditer(r"\S+", text))[:_LONGEST_NAME]
    for last, following in reversed(list(pairwise(words))):
        name = text[: last.end()]
        whole = [hit for hit in search.find(tx, name, limit=3) if without_form(hit.name) == without_form(name)]
        found = customers.named(tx, plain(name)) or [who for hit in whole if (who := customers.get(tx, hit.id))]
        if len(found) == 1:
            return found[0], text[following.start() :]
    return None


def _by_id(tx: Tx, id: str) -> Customer:
    """Return the customer with exactly this id, in any case."""
    for spelling in dict.fromkeys((id, id.upper(), id.lower())):
        if found := customers.get(tx, spelling):
            return found
    raise Refused(_("There is no customer with the id “{id}”. `/risk find` searches.").format(id=masking.prose(id)), field="customer")
