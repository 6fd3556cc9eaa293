"""A command imports what it needs itself; nobody waits for the libraries of another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import COMMANDS, main
from storage.database import Database
from storage.migrations import migrate

# the libraries that take long to import
HEAVY = {"alembic", "apscheduler", "flask", "numpy", "openpyxl", "pyarrow", "pydantic", "scipy", "slack_bolt", "slack_sdk", "sqlalchemy"}
_RUN = "import sys; from bot.cli import main\ntry: main({0!r})\nexcept SystemExit: pass\nprint(*sys.modules)"


def imported(*line: str, url: str = "sqlite://") -> set[str]:
    env = os.environ | {"DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", _RUN.format(list(line))], env=env, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("line", [["--help"], ["-h"], [], ["no such command"]])
def test_the_list_of_commands_needs_no_library(line: list[str]):
    assert not imported(*line) & HEAVY


def test_scoring_an_empty_book_imports_nothing_of_slack_of_migrations_and_of_the_arithmetic(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    database = Database(url)
    migrate.upgrade(database)
    database.close()

    assert imported("score", url=url) & HEAVY == {"numpy", "pydantic", "sqlalchemy"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_its_own_arguments(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m bot {command}")
