"""The command line as it is typed, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

# types a command; the exit code, what was said, and what was complained of
Typed = Callable[..., tuple[int, str, str]]

ELSEWHERE = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "RISKBOT_POLICY", "PORT")


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and an environment of its own; nothing there points to Slack."""
    monkeypatch.chdir(tmp_path)
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///riskbot.db")


@pytest.fixture
def typed(at_home: None, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command there."""

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        said, complained = capsys.readouterr()
        return code, said, complained

    return run


def written(name: str, text: str) -> str:
    """The name of a file of this text."""
    Path(name).write_text(text, "utf-8")
    return name


def brought(typed: Typed, files: dict[str, str]) -> Typed:
    """Imports files by kind, in their order."""
    for kind, text in files.items():
        assert typed("import", kind, written(f"{kind}.csv", text))[0] == 0
    return typed
