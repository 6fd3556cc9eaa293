"""docs/threat-model.md: every line points to a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("| ") and "| tried by |" not in line]


def test_every_adversary_has_a_table():
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == [
        "An outsider on the network",
        "A member of the workspace",
        "One insider",
        "Two insiders",
        "An administrator",
        "The owner of the database",
        "Slack itself",
    ]
    assert PAGE.count("| tried by |") == 7


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("|")[1].strip()[:60])
def test_every_line_points_to_a_test(line: str):
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    linked = re.findall(r"\]\(\.\./(tests/[\w/]+\.py)\)", cells[-1])

    assert len(cells) == 4
    assert linked
    for path in linked:
        assert "def test_" in (ROOT / path).read_text("utf-8") or "TestCase" in (ROOT / path).read_text("utf-8"), path
