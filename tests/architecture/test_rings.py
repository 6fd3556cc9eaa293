"""The two rings of tests: each test runs in one of them, and `.ci/run` runs both."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def recipe(target: str) -> str:
    """The commands of a target."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, target
    return found[1]


def test_what_one_ring_leaves_out_the_other_runs():
    assert '-m "not bench and not long"' in recipe("short")
    assert "types short" in recipe("test")
    assert '-m "long and not bench"' in recipe("test-all")
    assert "HYPOTHESIS_PROFILE=more" in recipe("test-all")
    assert "tests.chaos --short" in recipe("test-all")


def test_what_must_hold_before_a_change_lands_are_both_rings():
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()

    assert lines.index("make test") < lines.index("make test-all")
