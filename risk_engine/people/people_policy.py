"""The policy's [people]: approvers until roles are assigned, and the accounts that belong to one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part

Account = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


class People(Part):
    """The approvers until roles are assigned: user ids or a user group; if empty, any full member but the maker.

    Attributes:
        accounts: a person's second account → their first: four eyes are two people, not two accounts. An account mapped to itself is
            a separate person, even if it shares an address.
        known_as: the names in files of people who see their own customers only, as anybody can change their name in Slack.
    """

    approvers: tuple[Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]+$")], ...] = ()
    accounts: dict[Account, Account] = Field(default={})
    known_as: dict[Account, tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]] = Field(default={})

    def human(self, account: str) -> str:
        """Return the account that represents the person."""
        return self.accounts.get(account, account)

    def accounts_of(self, account: str) -> tuple[str, ...]:
        """Return all accounts of the person, the representing one first."""
        first = self.human(account)
        return (first, *sorted(other for other, whose in self.accounts.items() if whose == first))

    def joined(self, groups: Sequence[Sequence[str]]) -> People:
        """Return the policy with accounts of one address merged into one person, unless ``accounts`` separates them.

        Args:
            groups: accounts that share an address; one of them may share another with others.
        """
        accounts = dict(self.accounts)
        for group in _together([[account for account in group if self.accounts.get(account) != account] for group in groups]):
            first = self.human(next((account for account in group if account in self.accounts), group[0]))
            accounts |= {account: first for account in group if account not in self.accounts and account != first}
        return self.model_copy(update={"accounts": accounts})


def _together(groups: Sequence[Sequence[str]]) -> list[list[str]]:
    """Merge groups that share an account; each account appears once, in the order given."""
    found: list[list[str]] = []
    for group in filter(None, groups):
        linked = [each for each in found if not set(each).isdisjoint(group)]
        found = [each for each in found if each not in linked]
        found.append(list(dict.fromkeys(account for each in (*linked, group) for account in each)))
    return found
