"""Try a mutant: the module's tests in a copy of the sources, in a process of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.mutants import Mutant, mutated, path_of, source

TESTS = Path("tests/risk_engine")
# the tests that go through everything
WHOLE = [str(path) for path in (*sorted(TESTS.rglob("test_scoring*.py")), TESTS / "policy" / "test_policy.py")]
# what the engine's tests need beside the engine, with what their fixtures import
_COPIED = ("bot", "commands", "playground", "risk_engine", "storage", "tests", "pyproject.toml")
# longer than the slowest module's tests; a mutant that hangs is seen
SECONDS, MANY = 120, 20


def copied(folder: Path) -> Path:
    """A copy of what the engine's tests need."""
    for name in _COPIED:
        there = Path(name)
        (folder / there).parent.mkdir(parents=True, exist_ok=True)
        if there.is_dir():
            shutil.copytree(there, folder / there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(there, folder / there)
    return folder


def tests_of(module: str) -> list[str]:
    """The engine's tests that name the module, its own first."""
    room, _dot, name = module.rpartition(".")
    own = TESTS / room / f"test_{name}.py"
    package = ".".join(filter(None, ("risk_engine", room)))
    names = re.compile(rf"\b({package}\.{name}|{package} import [^\n]*\b{name})\b")
    others = sorted(path for path in TESTS.rglob("test_*.py") if path != own and names.search(path.read_text("utf-8")))
    return [str(path) for path in [own, *others] if path.exists()]


def killed(mutant: Mutant, folder: Path) -> bool:
    """Whether a test in this copy goes red over the mutant, or hangs; the copy is as it was afterwards."""
    place = folder / path_of(mutant.module)
    place.write_text(mutated(mutant), "utf-8")
    try:
        own = tests_of(mutant.module)
        # what its own tests do not see, a whole scoring and the packaged policy may
        return bool(own and not passes(own, folder)) or not passes([test for test in WHOLE if test not in own], folder)
    finally:
        place.write_text(source(mutant.module), "utf-8")


def passes(tests: list[str], folder: Path) -> bool:
    """Whether these tests are green in this copy."""
    # random orders would make a lucky kill of one run a survivor of the next
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", "--no-header"]
    command = [sys.executable, "-B", "-m", "pytest", *options, *tests]
    try:
        # all tests at once, before any change, are not hurried
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS if len(tests) < MANY else None)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
