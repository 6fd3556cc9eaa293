"""Small rules for Slack's limits, each with Slack's own error text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.shapes import Json

Rule = Callable[[Any, str, "Report"], None]
"""Looks at a value at a JSON pointer and reports what is wrong with it."""


@dataclass
class Report:
    """The problems found, in Slack's words. ``surface`` is message, modal or home; ``lacking`` are types of blocks without support."""

    surface: str
    files: Mapping[str, Json]
    lacking: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str, pointer: str) -> None:
        self.problems.append(f"{problem} [json-pointer:{pointer}]")


def string(most: int, least: int = 1) -> Rule:
    """Return the rule for text of ``least`` to ``most`` characters."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must provide a string", pointer)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", pointer)

    return rule


def matching(pattern: str, problem: str) -> Rule:
    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            report.add(problem, pointer)

    return rule


def whole(least: int, most: int) -> Rule:
    def rule(value: Any, pointer: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add("must provide a number", pointer)
        elif value < least:
            report.add(f"must be greater than {least - 1}", pointer)
        elif value > most:
            report.add(f"must be less than {most + 1}", pointer)

    return rule


def finite(value: Any, pointer: str, report: Report) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        report.add("must provide a number", pointer)


def above_zero(value: Any, pointer: str, report: Report) -> None:
    finite(value, pointer, report)
    if isinstance(value, int | float) and value <= 0:
        report.add("must be greater than 0", pointer)


def flag(value: Any, pointer: str, report: Report) -> None:
    if not isinstance(value, bool):
        report.add("must provide a boolean", pointer)


def anything(value: Any, pointer: str, report: Report) -> None:
    """Accept any value, for parts of Block Kit that the playground does not check."""


def one_of(*values: str) -> Rule:
    def rule(value: Any, pointer: str, report: Report) -> None:
        if value not in values:
            report.add(f"value not allowed: must be one of {', '.join(values)}", pointer)

    return rule


def array(item: Rule, most: int, least: int = 1) -> Rule:
    """Return the rule for a list of ``least`` to ``most`` items, each checked by ``item``."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must provide an array", pointer)
            return
        if len(value) > most:
            report.add(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            report.add(f"no less than {least} items required" if least > 1 else "must not be empty", pointer)
        for index, entry in enumerate(value[: most + 1]):
            item(entry, f"{pointer}/{index}", report)

    return rule


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Return the rule for an object with these properties and no others."""
    known = {**required, **(optional or {})}

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", pointer)
            return
        for name in required:
            if value.get(name) is None:
                report.add(f"missing required field: {name}", pointer)
        for name, entry in value.items():
            if name not in known:
                report.add(f"invalid additional property: {name}", pointer)
            elif entry is not None:
                known[name](entry, f"{pointer}/{name}", report)

    return rule


def typed(kinds: Mapping[str, Rule], allowed: Callable[[str, Report], bool] = lambda kind, report: True) -> Rule:
    """Return the rule for an object whose ``type`` selects its rule."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", pointer)
        elif "type" not in value:
            report.add("missing required field: type", pointer)
        elif value["type"] not in kinds or not allowed(value["type"], report):
            report.add(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            kinds[value["type"]](value, pointer, report)

    return rule


def both(*rules: Rule) -> Rule:
    """Return the rule that applies all of the rules."""

    def rule(value: Any, pointer: str, report: Report) -> None:
        for each in rules:
            each(value, pointer, report)

    return rule


def either_of(*names: str, one: bool = False) -> Rule:
    """Return the rule for an object with at least one of these properties; with ``one`` exactly one."""
    wanted = " or ".join(f"`{name}`" for name in names)

    def rule(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            return
        count = sum(1 for name in names if value.get(name) is not None)
        if count == 0:
            report.add(f"must define either {wanted}", pointer)
        elif one and count > 1:
            report.add(f"must define only one of {wanted}", pointer)

    return rule
