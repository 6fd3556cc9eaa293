"""The bot's process is killed right after it acknowledged: what was acknowledged is done once, after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.hosting import Playground
from storage.database import Database
from tests.bot.executing import ends, load, titles
from tests.chaos.requests import Bot
from tests.conftest import eventually

ROUNDS = 6


@pytest.mark.slow
def test_what_was_acknowledged_right_before_a_kill_is_done_exactly_once_after_a_restart(
    workspace: Playground, sqlite: Database, tmp_path: Path
):
    load(sqlite, tmp_path)
    ana, acknowledged, left_over = workspace.person("ana"), [], 0
    for number in range(ROUNDS):
        with Bot(workspace, str(sqlite.engine.url)) as bot:
            # the moment that the acknowledgement arrives is the last of the process
            workspace.wire.listeners.append(lambda entry, bot=bot: bot.strike() if entry.what.startswith("slash_commands") else None)
            if ana.send("general", f'/risk log ACME credit L4 S3 X2 "risk {number}"')["ok"]:
                acknowledged.append(f"risk {number}")
            bot.kill()
            workspace.wire.listeners.pop()
        left_over += "queued" in ends(sqlite)
        if left_over == 2:
            break
    with Bot(workspace, str(sqlite.engine.url)):
        eventually(lambda: "queued" not in ends(sqlite), 20)

    assert left_over, "a kill that leaves no work over proves nothing"
    assert acknowledged
    assert sorted(titles(sqlite)) == acknowledged
    assert set(ends(sqlite)) == {"done"}
