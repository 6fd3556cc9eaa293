"""The common frame of lists: arguments, and each list's columns, filters and orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Request
from commands.kit.directory import id_of
from commands.kit.i18n import Text, _, pgettext
from commands.kit.input import several, synonyms
from commands.kit.input.bounds import Unit
from commands.kit.input.fields import Amounts, AnyCase, Ask, Day, Days, Page, Several, Shares, user_id
from commands.kit.input.filters import Words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.indicators.monitoring import Colour
from risk_engine.register.assessment import Category, RiskKind
from storage.customers.exposure_ranking import Into
from storage.database import Tx
from storage.register.entry_lists import EntryStatus, Wanted

PAGE = 15


class What(StrEnum):
    """The lists."""

    CUSTOMERS = "customers"
    RISKS = "risks"
    RESPONSES = "responses"
    CONTROLS = "controls"
    BREACHES = "breaches"
    APPROVALS = "approvals"
    OVERRIDES = "overrides"
    FACILITIES = "facilities"


class WantedColour(StrEnum):
    """Customers with an open breach of this colour, or breaches of it."""

    RED = "red"
    AMBER = "amber"


class Due(StrEnum):
    """Responses past their due date, or due within a week."""

    OVERDUE = "overdue"
    WEEK = "week"


class WantedStage(StrEnum):
    """Customers in this stage of IFRS 9."""

    ONE = "1"
    TWO = "2"
    THREE = "3"


class InDefault(StrEnum):
    """Customers that are in default, or scored customers that are not."""

    YES = "yes"
    NO = "no"


class WantedGrade(StrEnum):
    """Customers with this grade in force."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Without(StrEnum):
    """Customers of whom the book has none of these; risks and breaches are open ones."""

    RATING = "rating"
    FACILITY = "facility"
    RISK = "risk"
    BREACH = "breach"


class LoanCategory(StrEnum):
    """Customers whose worst loan is in this one of the five categories."""

    PASS = "pass"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


class Sort(StrEnum):
    """The order of a list."""

    BREACH = "breach"
    WORST = "worst"
    EXPOSURE = "exposure"
    NAME = "name"
    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


ORDERED: Mapping[Sort, tuple[Text, Text]] = {
    Sort.BREACH: (_("Sort by breach"), _("worst breach first")),
    Sort.WORST: (_("Sort by level"), _("worst first")),
    Sort.EXPOSURE: (_("Sort by exposure"), _("largest exposure first")),
    Sort.NAME: (_("Sort by name"), _("by name")),
    Sort.DUE: (_("Sort by due date"), _("due soonest first")),
    Sort.NEWEST: (_("Newest first"), _("newest first")),
    Sort.OLDEST: (_("Oldest first"), _("oldest first")),
}
ME = "me"


def _somebody(value: Any) -> Any:
    return ME if _oneself(value) else user_id(value)


def _oneself(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() in (ME, "myself", "我", "本人")


class ListArgs(Args):
    """The list, then its filters; a list names the filters that it does not support."""

    what: Annotated[What, AnyCase, Ask(pgettext("field", "List"))] = What.CUSTOMERS
    state: Annotated[EntryStatus | None, AnyCase, Ask(_("State"))] = None
    owner: Annotated[
        str | None, BeforeValidator(lambda value: None if value is None else _somebody(value)), Ask(_("Owner"), person=True)
    ] = None
    sector: Annotated[Words | None, Ask(_("Sector"))] = None
    country: Annotated[Words | None, Ask(_("Country"))] = None
    department: Annotated[Words | None, Ask(_("Department"))] = None
    manager: Annotated[Words | None, Ask(_("Manager"))] = None
    group: Annotated[Words | None, Ask(_("Group"))] = None
    colour: Annotated[WantedColour | None, AnyCase, Ask(_("Colour"))] = None
    category: Annotated[Category | None, AnyCase, Ask(_("Category"))] = None
    kind: Annotated[RiskKind | None, AnyCase, Ask(_("Threat or opportunity"))] = None
    due: Annotated[Due | None, AnyCase, Ask(_("Due"))] = None
    until: Annotated[Day | None, Ask(_("Until"))] = None
    stage: Annotated[tuple[WantedStage, ...] | None, Several, Ask(_("Stage of IFRS 9"))] = None
    default: Annotated[InDefault | None, AnyCase, Ask(_("In default"))] = None
    grade: Annotated[tuple[WantedGrade, ...] | None, Several, Ask(_("Grade"))] = None
    loan_category: Annotated[LoanCategory | None, AnyCase, Ask(_("Loan category"))] = None
    without: Annotated[Without | None, AnyCase, Ask(_("Without"))] = None
    exposure: Annotated[Amounts | None, Ask(_("Exposure"), bounds=Unit.AMOUNT, placeholder=_("such as >50m"))] = None
    el: Annotated[Amounts | None, Ask(_("Expected loss"), bounds=Unit.AMOUNT, placeholder=_("such as >1m"))] = None
    pd: Annotated[Shares | None, Ask(_("PD"), bounds=Unit.PERCENT)] = None
    dpd: Annotated[Days | None, Ask(_("Days past due"), bounds=Unit.DAYS, placeholder=_("such as >30"))] = None
    sort: Annotated[Sort | None, AnyCase, Ask(pgettext("sorting", "Order"))] = None
    page: Page = 1

    @model_validator(mode="before")
    @classmethod
    def _a_word_that_is_no_list_is_a_sector(cls, given: Any) -> Any:
        what = given.get("what") if isinstance(given, dict) else None
        if isinstance(what, str) and "sector" not in given and synonyms.choice(What, what) is None:
            return {**{name: value for name, value in given.items() if name != "what"}, "sector": what}
        return given

    @model_validator(mode="before")
    @classmethod
    def _ones_own_customers_are_those_that_one_manages(cls, given: Any) -> Any:
        manager = given.get("manager") if isinstance(given, dict) else None
        if not _oneself(manager) or "owner" in given:
            return given
        return {**{name: value for name, value in given.items() if name != "manager"}, "owner": ME}

    @model_validator(mode="before")
    @classmethod
    def _a_category_of_customers_is_one_of_loans(cls, given: Any) -> Any:
        category = given.get("category") if isinstance(given, dict) else None
        if not isinstance(category, str) or "loan_category" in given or synonyms.choice(Category, category) is not None:
            return given
        about_customers = synonyms.choice(What, str(given.get("what") or What.CUSTOMERS)) is What.CUSTOMERS
        if not about_customers and synonyms.choice(LoanCategory, category) is None:
            return given
        return {**{name: value for name, value in given.items() if name != "category"}, "loan_category": category}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: for display, as spreadsheet values, and by name for the gist."""

    shown: tuple[object, ...]
    values: tuple[object, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its filters, orders (the default first), columns, and source of lines.

    Attributes:
        lead: the index of the column that matters beside the first.
        legend: the meaning of its signs.
        columns: the columns of the spreadsheet.
    """

    filters: frozenset[str]
    orders: Sequence[Sort]
    count: Callable[[int], Text]
    nothing: Text
    headings: Sequence[Text]
    lead: int | None
    columns: Sequence[str]
    lines: Callable[[ListArgs, Sort, Request, Tx, int, int], tuple[int, list[Row]]]
    legend: Text | None = None


def owners(args: ListArgs, request: Request) -> tuple[str, ...]:
    """Return the names of the requested owner; none for anybody."""
    if args.owner is None:
        return ()
    return request.person.names if args.owner in (ME, request.user) else (args.owner,)


def compared(request: Request) -> Into:
    """Return the currency for comparing amounts, with its rates."""
    return Into(request.policy.scoring.currency, request.day_of_figures, request.policy.scoring.rate_max_age_days)


def wanted(args: ListArgs, request: Request, tx: Tx) -> Wanted:
    """Return the filters in the register's form."""
    week = request.today + timedelta(days=7)
    from_, until = {None: (None, None), Due.OVERDUE: (None, request.today), Due.WEEK: (request.today, week)}[args.due]
    colours = {None: None, WantedColour.AMBER: int(Colour.AMBER), WantedColour.RED: int(Colour.RED)}
    return Wanted(
        standing=args.state or EntryStatus.OPEN,
        owners=owners(args, request),
        department=several.wanted(tx, "department", args.department),
        sector=several.wanted(tx, "sector", args.sector),
        category=args.category.value if args.category else None,
        kind=args.kind.value if args.kind else None,
        colour=colours[args.colour],
        due_from=from_,
        due_until=until,
        compared=compared(request),
    )


# states are signs, which need little room
_WORDS = 120
_SIGNS = {
    ProposalState.PROPOSED: "⏳",
    ProposalState.APPROVED: "✅",
    ProposalState.REJECTED: "⛔",
    ProposalState.RETURNED: "↩",
    ProposalState.WITHDRAWN: "🗑",
    ProposalState.EXPIRED: "⌛",
}
SIGNS = _("⏳ pending approval · ✅ approved · ⛔ rejected · ↩ returned for information · 🗑 withdrawn · ⌛ expired")


def signed(state: str | None, id: str) -> str:
    """Return ``⏳ A-3``: the sign of a decision, before the id."""
    return f"{_SIGNS[ProposalState(state or 'proposed')]} {id}"


def short(customer: str, name: str) -> str:
    """Return a customer's name."""
    return masking.customer(customer, name)


def brief(measure: str) -> str:
    """Return somebody's own words, cut to a few lines of a table."""
    return blocks.cut(blocks.quoted(measure), _WORDS)


def called(request: Request, person: str | None) -> str:
    """Return somebody's name for a table, where mentions are impossible."""
    return request.name_of(id_of(person) or person) if person else "–"
