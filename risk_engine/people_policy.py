"""The policy's [people]: who decides until roles are given, and which accounts are the same person's."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from risk_engine.policy_part import Part

Account = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


class People(Part):
    """Who may decide until roles are given: Slack user ids or a user group; empty means any full member but the maker.

    Attributes:
        accounts: a second account of somebody → their first: four eyes are two people, not two accounts.
        known_as: what files call somebody whose reach is their own customers: a name in Slack is whatever its owner types.
    """

    approvers: tuple[Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]+$")], ...] = ()
    accounts: dict[Account, Account] = Field(default={})
    known_as: dict[Account, tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]] = Field(default={})

    def human(self, account: str) -> str:
        """The account that stands for the person."""
        return self.accounts.get(account, account)
