"""Policies with other authorities, and requests for a decision under them."""

from __future__ import annotations

from typing import Any

from risk_engine.approvals.approval_policy import AuthorityRule, Committee, Step
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from tests.commands.conftest import Book, buttons_of

ANA, BEN, EVA, MEI, OMAR = "U0ANA", "U0BEN", "U0EVA", "U0MEI", "U0OMAR"
LOG, RESPOND = 'log ACME credit L4 S5 X2 "lost its main buyer"', 'respond R-1 reduce "assign the receivables to us" due=2027-03-31'


def deciding(policy: Policy, *steps: Step, committee: Committee | None = None, **more: Any) -> Policy:
    """The policy with these steps for every request; the committee is called ``credit``."""
    update = {"authority": (AuthorityRule(steps=steps),), "committees": {"credit": committee} if committee else {}, **more}
    return policy.model_copy(update={"approvals": policy.approvals.model_copy(update=update)})


def quorum(count: int, *people: str) -> Step:
    return Step(role=Role.APPROVER, quorum=count, people=people)


CREDIT = Step(committee="credit")


def asked(book: Book) -> str:
    """Ana asks for an approval of T-1 to R-1; the key that its buttons carry, with the facts."""
    book.ask(LOG)
    book.ask(RESPOND)
    ((_delivery, message),) = book.told()
    return buttons_of(message.blocks)["approval.approve"]


def news(book: Book) -> list[tuple[str, str, str]]:
    """What has been queued: notice, operation, audience."""
    return [(delivery.notice, delivery.operation.value, delivery.audience) for delivery, _message in book.told()]
