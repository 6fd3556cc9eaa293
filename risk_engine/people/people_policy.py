"""The policy's [people]: who decides until roles are given, and which accounts are the same person's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part

Account = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


class People(Part):
    """Who may decide until roles are given: Slack user ids or a user group; empty means any full member but the maker.

    Attributes:
        accounts: a second account of somebody → their first: four eyes are two people, not two accounts. An account that stands for
            itself is a person of its own, whatever address it shares.
        known_as: what files call somebody whose reach is their own customers: a name in Slack is whatever its owner types.
    """

    approvers: tuple[Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]+$")], ...] = ()
    accounts: dict[Account, Account] = Field(default={})
    known_as: dict[Account, tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]] = Field(default={})

    def human(self, account: str) -> str:
        """The account that stands for the person."""
        return self.accounts.get(account, account)

    def accounts_of(self, account: str) -> tuple[str, ...]:
        """Every account of the person, the one that stands for them first."""
        first = self.human(account)
        return (first, *sorted(other for other, whose in self.accounts.items() if whose == first))

    def joined(self, groups: Sequence[Sequence[str]]) -> People:
        """The same, with accounts of one address as one person, unless ``accounts`` says of one whose it is.

        Args:
            groups: accounts that share an address; one of them may share another with others.
        """
        accounts = dict(self.accounts)
        for group in _together([[account for account in group if self.accounts.get(account) != account] for group in groups]):
            first = self.human(next((account for account in group if account in self.accounts), group[0]))
            accounts |= {account: first for account in group if account not in self.accounts and account != first}
        return self.model_copy(update={"accounts": accounts})


def _together(groups: Sequence[Sequence[str]]) -> list[list[str]]:
    """Groups that have an account in common, as one; each account once, in the order given."""
    found: list[list[str]] = []
    for group in filter(None, groups):
        linked = [each for each in found if not set(each).isdisjoint(group)]
        found = [each for each in found if each not in linked]
        found.append(list(dict.fromkeys(account for each in (*linked, group) for account in each)))
    return found
