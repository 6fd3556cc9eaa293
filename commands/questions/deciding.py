"""The command lines that a question may mean, by its features; more than one where it is not clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

METRICS = ("overdue", "change", "expected_loss", "pd", "exposure", "grade")
# the filters of each list, in the order of its arguments
TAKES = {
    "top": ("sector", "country", "department"),
    "list": (
        *("sector", "country", "department", "manager", "group", "colour", "stage", "default", "grade", "without"),
        *("exposure", "el", "pd", "dpd", "sort"),
    ),
    "list facilities": ("sector", "country", "department", "until", "due"),
    "list risks": ("state", "owner", "sector", "department", "category", "kind", "sort"),
    "list responses": ("state", "owner", "sector", "department", "category", "kind", "due", "sort"),
    "list breaches": ("state", "owner", "sector", "department", "colour", "sort"),
    "data": ("kind", "sector"),
    "digest now": ("department", "sector"),
    "audit": ("kind", "by", "since", "until"),
}
# the features that narrow a list
FILTERS = frozenset(
    [
        *("sector", "country", "department", "manager", "group", "colour", "due"),
        *("category", "kind", "state", "stage", "default", "grade", "without"),
    ],
)
# of these a list takes several values
SEVERAL = frozenset(["sector", "country", "department", "manager", "group", "stage", "grade"])


@dataclass
class Said:
    """The features of a question."""

    features: list[str]
    # customers, entries and facilities that it names
    ids: Sequence[str] = ()
    # people that it mentions
    people: Sequence[str] = ()
    since: str | None = None
    until: str | None = None
    week_ago: str | None = None
    words: str = ""
    # bounds of figures, by the name of a list's filter
    bounds: Mapping[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "critical" in self.features:
            of_others = self.has("noun:risks", "noun:risk", "noun:responses", "noun:breaches", "noun:data")
            self.features = [*self.features, "rank" if of_others else "grade:critical"]
        for feature in self.features:
            kind, _colon, value = feature.partition(":")
            if kind in SEVERAL and kind in self.filters and value not in self.filters[kind].split(","):
                self.filters[kind] += f",{value}"
            elif kind in FILTERS:
                self.filters.setdefault(kind, value)

    def has(self, *features: str) -> bool:
        return any(feature in self.features or any(one.startswith(f"{feature}:") for one in self.features) for feature in features)

    def value(self, kind: str) -> str | None:
        return next((one.partition(":")[2] for one in self.features if one.startswith(f"{kind}:")), None)

    @property
    def metric(self) -> str | None:
        return next((one for one in METRICS if f"metric:{one}" in self.features), None)


def lines(said: Said) -> list[str]:
    """Return the lines after ``/risk`` that a question means, the likeliest first; none if it means nothing that is known."""
    if said.ids:
        return [_about(id, said) for id in said.ids[:3]]
    for rule in _rules():
        if found := rule(said):
            return found
    return []


def _rules() -> Sequence[Callable[[Said], list[str]]]:
    """Return the rules in their order: the first that finds a line decides."""
    return (
        *(_definition, _help, _parts, _regraded, _facilities, _plain, _audit, _approvals, _responses, _breaches),
        *(_data, _risks, _bounded, _scored, _ranking, _digest, _customers),
    )


def _with(line: str, said: Said, **more: str | None) -> str:
    """Return a line with those filters that its command has."""
    given = {**said.filters, **{name: value for name, value in more.items() if value}}
    if not line.startswith(("top", "list")):
        given = {name: value for name, value in given.items() if not re.search(r"^!|,", value)}
    pairs = [(name, given[name]) for name in TAKES[line] if name in given]
    return " ".join([line, *(_pair(name, value) for name, value in pairs)])


def _pair(name: str, value: str) -> str:
    if " " in value:
        return f'{name}="{value}"'
    return f"{name}{value}" if name in ("exposure", "el", "pd", "dpd") and value[0] in "<>" else f"{name}={value}"


def _about(id: str, said: Said) -> str:
    """Return the line about one customer or entry."""
    of_ours = re.fullmatch(r"[RTABDJOPE]-\d+", id) is not None
    if said.has("noun:audit"):
        return f"audit {id}"
    if of_ours:
        return f"show {id}"
    if said.has("view:trend"):
        return f"show {id} view=trend"
    if said.has("view:score"):
        return f"show {id} view=score"
    if said.has("view:default", "stage") and not said.has("metric:pd"):
        return f"default {id}"
    if said.has("finding", "noun:data"):
        kind = said.value("finding")
        return f"data {id} kind={kind}" if kind else f"data {id}"
    return f"show {id}"


def _help(said: Said) -> list[str]:
    return ["help"] if said.has("noun:help") and not said.has("metric", "noun:approvals", "noun:breaches", "noun:responses") else []


_TERMS = {
    "default": ("view:default", "default"),
    "stage": ("stage", "classes"),
    "pd": ("metric:pd",),
    "expected_loss": ("metric:expected_loss",),
    "past_due": ("metric:overdue",),
    "grade": ("metric:grade", "grade", "critical"),
}


def _definition(said: Said) -> list[str]:
    """Return the definition of a term; a stage is more than "in stage 3", which also says default."""
    if not said.has("define"):
        return []
    terms = ("stage", *(term for term in _TERMS if term != "stage"))
    return [f"define {term}" for term in terms if said.has(*_TERMS[term])][:1]


_TOTALS = {"expected_loss": "expected_loss", "exposure": "exposure", "overdue": "overdue"}


def _parts(said: Said) -> list[str]:
    """Return totals by a part of the book."""
    compared = next((name for name in ("sector", "country", "department") if "," in said.filters.get(name, "")), None)
    per = said.value("per") or (compared if said.has("compare") else None)
    if per is None or said.has("noun:risks", "noun:responses", "noun:breaches", "noun:data"):
        return []
    number = said.value("number")
    line = f"top {number}" if number and 1 <= int(number) <= 50 else "top"
    ranked = _with("top", said).removeprefix("top").strip()
    return [" ".join(filter(None, [f"{line} per={per} by={_TOTALS.get(said.metric or '', 'expected_loss')}", ranked]))]


def _regraded(said: Said) -> list[str]:
    """Return the changes of grades since a day, or in the last week."""
    of_others = said.has("noun:risks", "noun:responses", "noun:breaches", "noun:data", "noun:audit", "noun:policy", "noun:digest")
    if of_others or said.until or not (said.has("grades") or (said.since and said.has("worse"))):
        return []
    if said.has("metric:expected_loss", "metric:exposure", "metric:pd", "metric:overdue"):
        return []
    number = said.value("number")
    line = f"top {number}" if number and 1 <= int(number) <= 50 else "top"
    since = said.since or said.week_ago
    ranked = _with("top", said).removeprefix("top").strip()
    return [" ".join(filter(None, [f"{line} by=grade since={since}", ranked]))] if since else []


def _facilities(said: Said) -> list[str]:
    return [_with("list facilities", said, until=said.until)] if said.has("noun:facilities") and not said.has("noun:responses") else []


def _plain(said: Said) -> list[str]:
    """Return the commands that take no filter."""
    for noun in ("outbox", "status", "people"):
        if said.has(f"noun:{noun}"):
            return [noun + (f" {said.people[0]}" if noun == "people" and said.people else "")]
    if said.has("noun:delegations"):
        return ["delegate"]
    return ["policy"] if said.has("noun:policy") and not said.has("noun:audit", "metric:change", "hit") else []


def _audit(said: Said) -> list[str]:
    changed = said.has("noun:policy") and said.has("metric:change")
    if not (said.has("noun:audit") or changed) or said.has("which:mine"):
        return []
    by = said.people[0] if said.people else None
    return [_with("audit", Said([]), kind="policy" if said.has("noun:policy") else None, by=by, since=said.since, until=said.until)]


def _approvals(said: Said) -> list[str]:
    if said.has("which:mine") or (said.has("noun:approvals", "which") and not said.has("noun:responses", "noun:breaches", "noun:risks")):
        which = "mine" if said.has("which:mine") else said.value("which")
        return [f"approvals {which}" if which else "approvals"]
    return []


def _owner(said: Said) -> str | None:
    return said.people[0] if said.people else "me" if said.has("me") else None


def _sort(said: Said) -> str | None:
    return said.value("order") or ("exposure" if said.has("metric:exposure") else None)


def _responses(said: Said) -> list[str]:
    due_alone = said.has("noun:due", "due") and not said.has("metric", "noun:breaches", "noun:risks", "sector", "country")
    if due_alone and not said.has("noun:responses"):
        return [_with("list responses", said, owner=_owner(said), due="week")]
    if not said.has("noun:responses"):
        return []
    due = "overdue" if said.has("metric:overdue") else said.filters.get("due")
    if due and said.filters.get("state") == "all":
        said.filters.pop("state")
    return [_with("list responses", said, owner=_owner(said), due=due, sort=_sort(said) if said.value("order") != "oldest" else None)]


def _breaches(said: Said) -> list[str]:
    if not said.has("noun:breaches"):
        return []
    narrowed = said.has("colour", "sector", "department", "me", "order") or said.people
    state = said.value("state")
    if narrowed:
        if state == "acknowledged":
            said.filters.pop("state")
        return [_with("list breaches", said, owner=_owner(said), sort=said.value("order"))]
    return [f"breaches {state}" if state in ("open", "acknowledged", "closed") else "breaches"]


def _data(said: Said) -> list[str]:
    if said.has("finding") or (said.has("noun:data") and not said.has("metric", "noun:risks")):
        said.filters.pop("kind", None)
        return [_with("data", said, kind=said.value("finding"))]
    return []


def _risks(said: Said) -> list[str]:
    others = ("noun:customers", "who", "rank", "size", "riskiest", "metric", "view", "noun:digest", "colour")
    alone = said.has("noun:risk") and not said.has(*others)
    of_kind = said.has("kind", "category") and not said.has("metric", "noun:customers", "who")
    if not (said.has("noun:risks") or alone or of_kind):
        return []
    worst = "worst" if said.has("rank", "size", "riskiest") else None
    return [_with("list risks", said, owner=_owner(said), sort=_sort(said) or worst)]


def _bounded(said: Said) -> list[str]:
    """Return the customers within the bounds of a figure, those that are not past due, and those that lack something."""
    if not (said.bounds or said.has("late", "without")):
        return []
    late = "<1" if said.has("late") else _late(said) if "dpd" not in said.bounds else None
    bounds = {"dpd": late, **said.bounds}
    return [_with("list", said, sort="exposure" if said.has("metric:exposure", "size") else None, **bounds)]


def _late(said: Said) -> str | None:
    return ">0" if said.has("metric:overdue") else None


def _scored(said: Said) -> list[str]:
    """Return the customers in default, in a stage or with a grade."""
    if not said.has("stage", "grade", "view:default"):
        return []
    if said.has("classes") and not said.has("stage", "default", "grade"):
        # a classification without a class
        return [_with("list", said, default="yes"), _with("list", said, stage="2")]
    default = None if said.has("stage", "default", "grade") else "yes"
    found = _with("list", said, default=default, dpd=_late(said), sort="exposure" if said.has("metric:exposure", "size") else None)
    # a list has none of these figures
    return [found, f"top by={said.metric}"] if said.metric in ("expected_loss", "pd") else [found]


def _ranking(said: Said) -> list[str]:
    """Return a ranking of customers."""
    number = said.value("number")
    line = f"top {number}" if number and 1 <= int(number) <= 50 else "top"
    metric = said.metric
    if metric is None and said.has("size") and said.has("noun:customers", "who") and not said.has("noun:risk", "riskiest"):
        metric = "exposure"
    if metric is not None and said.has("manager", "group", "colour"):
        # a ranking has no such filters: a list has them, and one order of its own
        of_them = _with("list", said, dpd=_late(said), sort="exposure" if metric == "exposure" else None)
        return [of_them] if metric in ("exposure", "overdue") else [of_them, f"top by={metric}"]
    if metric is not None:
        ranked = _with("top", said).removeprefix("top").strip()
        found = [" ".join(filter(None, [f"{line} by={metric}", ranked]))]
        # what is overdue may be a payment or an action
        bare = metric == "overdue" and {"metric:overdue"} == {one for one in said.features if one not in ("state:all", "me")}
        return [*found, "list responses due=overdue"] if bare and re.search(r"\b(what|anything|things?)\b|^overdue$", said.words) else found
    if said.has("riskiest") or (said.has("rank", "size") and said.has("noun:customers", "who", "noun:risk", "number", "sector", "country")):
        return [" ".join(filter(None, [line, _with("top", said).removeprefix("top").strip()]))]
    return []


def _digest(said: Said) -> list[str]:
    return [_with("digest now", said)] if said.has("noun:digest") else []


def _customers(said: Said) -> list[str]:
    if said.has("view:score", "view:trend") and not said.has("sector", "country"):
        return [f"show view={said.value('view')}"]
    if said.has("noun:customers", "sector", "country", "department", "manager", "group", "colour"):
        return [_with("list", said)]
    return []
