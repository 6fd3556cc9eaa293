"""/risk define TERM: the meaning of a word in the policy in force, and the list of those to which it applies."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from commands.kit import blocks
from commands.kit.contract import Args, Command, Reply, Request
from commands.kit.i18n import Text, _, listed
from commands.kit.input.fields import AnyCase, Ask
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.database import Tx


class Term(StrEnum):
    """The terms that the policy defines."""

    DEFAULT = "default"
    STAGE = "stage"
    GRADE = "grade"
    PD = "pd"
    EXPECTED_LOSS = "expected_loss"
    PAST_DUE = "past_due"


class DefineArgs(Args):
    term: Annotated[Term, AnyCase, Ask(_("Term"))]


def define(args: DefineArgs, request: Request, tx: Tx) -> Reply:
    title, rules, line = _RULES[args.term](request.policy)
    below = _("The list: `/risk {line}` · the rules: `/risk policy`").format(line=line)
    body = [blocks.header(title), blocks.bullets([[rule] for rule in rules]), blocks.sentence(below)]
    return Reply(blocks.escape(f"{title} {rules[0]}"), body, shareable=True)


Rules = tuple[Text, Sequence[Text], str]


def _default(policy: Policy) -> Rules:
    rules = policy.default
    days, probation = rules.from_days, rules.probation
    reasons = listed([_("bankruptcy"), _("debt evasion"), _("non-accrual"), _("a specific provision"), _("an approved judgement")])
    level = _("It covers all claims on the customer") if rules.level == "debtor" else _("It covers each claim by itself")
    return (
        _("In default: the policy's rule"),
        [
            _("From day {days} of material arrears, or if the customer is unlikely to pay, such as by {reasons}.").format(
                days=days, reasons=reasons
            ),
            _("{level}: stage 3, PD 100%, and a loan category of at least substandard.").format(level=level),
            _(
                "It ends {months} months after the last reason is gone and all arrears are paid; {restructured} after a restructuring."
            ).format(months=probation.months, restructured=probation.restructured_months),
        ],
        "list default=yes",
    )


def _stage(policy: Policy) -> Rules:
    rules = policy.impairment.staging
    return (
        _("Stages of IFRS 9: the policy's rule"),
        [
            _("Stage 1: no significant increase in credit risk since origination. The ECL covers twelve months."),
            _(
                "Stage 2: more than {days} days past due, a rating worse by {notches} notches, a PD {ratio} times that of origination,"
                " or forbearance. The ECL covers the remaining life."
            ).format(days=rules.more_than_days, notches=rules.notches, ratio=f"{rules.pd_ratio:g}"),
            _("Stage 3: in default, at the latest from day {days} past due. The ECL takes a PD of 100%.").format(
                days=rules.impaired_from_days
            ),
        ],
        "list stage=2",
    )


def _grade(policy: Policy) -> Rules:
    return (
        _("Grade: the policy's rule"),
        [
            _("Low, medium, high or critical: the worse of the scorecard's grade and of the floors."),
            _("The scorecard gives 0 (worst) to 100 points from seven factors; its bounds stand under [scoring.card]."),
            _("Floors are single facts that ask for a grade at least so bad, such as arrears. An approved override counts last."),
        ],
        "list grade=critical",
    )


def _pd(policy: Policy) -> Rules:
    return (
        _("PD: the policy's rule"),
        [
            _("The probability of a default within a year, from the effective rating by the master scale."),
            _("The bank's own rating takes precedence; of two agencies the worse counts, of three the worse of the best two."),
            _("Without a usable rating it follows from the points; in default it is 100%."),
        ],
        "top by=pd",
    )


def _expected_loss(policy: Policy) -> Rules:
    return (
        _("Expected loss: the policy's rule"),
        [
            _("EL = PD × LGD × EAD over one year, per facility, in {currency}.").format(currency=policy.scoring.currency),
            _("The part that an eligible guarantor covers takes the guarantor's PD where it is better."),
            _("In default it is the best estimate of the loss, or LGD × EAD. The ECL of IFRS 9 has its own LGD, and its life by stage."),
        ],
        "top by=expected_loss",
    )


def _past_due(policy: Policy) -> Rules:
    return (
        _("Past due: the policy's rule"),
        [
            _("Days past due are the worse of the ledger's figure and of the schedule against payments, at the worst facility."),
            _("More than {days} days: stage 2. From day {default} of material arrears: in default.").format(
                days=policy.impairment.staging.more_than_days, default=policy.default.from_days
            ),
            _("A ledger that is too old proves nothing: the days are then not known, and never counted as 0."),
        ],
        "top by=overdue",
    )


_RULES = {
    Term.DEFAULT: _default,
    Term.STAGE: _stage,
    Term.GRADE: _grade,
    Term.PD: _pd,
    Term.EXPECTED_LOSS: _expected_loss,
    Term.PAST_DUE: _past_due,
}

COMMAND = Command(
    "define",
    DefineArgs,
    define,
    right=Right.READ,
    summary=_("What default, stage, grade, PD, expected loss or past due mean in your policy"),
    examples=["define default", "define stage"],
    title=_("Definition"),
    submit=_("Show"),
    order=18,
    classification=Secrecy.INTERNAL,
)
