"""The policy changes by two people's word, for every process at once and without a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.hosting import Playground
from tests.conftest import MANIFEST
from tests.stories.desk import ask, newest, press, words

KEY, WHY = "responses.default_days", "reviews are every two months now"


@pytest.fixture
def elsewhere(tmp_path: Path):
    """Another workspace: who asks there is answered by the other process."""
    with Playground(tmp_path / "elsewhere", rate_limits=False, manifest=MANIFEST) as hosted:
        yield hosted


def test_a_change_that_omar_approves_on_one_replica_counts_on_the_other(workspace: Playground, elsewhere: Playground, sqlite, launch):
    launch(workspace, sqlite)
    launch(elsewhere, sqlite)
    ana, omar, eva = workspace.person("ana"), workspace.person("omar"), elsewhere.person("eva")

    before = ask(eva, f"/risk policy {KEY}")
    proposed = ask(ana, f"/risk policy {KEY} 60 {WHY}")
    listed = ask(omar, "/risk approvals")
    decided = press(omar, listed, "approval.approve")
    after = ask(eva, f"/risk policy {KEY}")

    assert before["text"] == f"{KEY} is 90"
    assert proposed["text"] == f"P-1 is proposed: {KEY} 90 → 60; A-1 is with the approvers."
    assert "P-1" in words(listed)
    assert "A-1 is approved" in decided["text"]
    assert after["text"] == f"{KEY} is 60"
    assert "· 90 → 60 · approved" in words(after)


def test_what_the_bot_does_follows_the_change(desk):
    ana, omar = desk.person("ana"), desk.person("omar")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    ask(ana, f"/risk policy {KEY} 60 {WHY}")
    press(omar, ask(omar, "/risk approvals"), "approval.approve")
    treated = ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    due = datetime.now(UTC).date() + timedelta(days=60)

    assert f"{due:%-d %b %Y}" in words(treated)


def test_a_value_without_a_reason_opens_a_form_that_says_what_the_key_accepts(desk):
    ana = desk.person("ana")
    ana.send("general", "/risk policy alerts.group_over 60")
    form = ana.wait_modal(wanted="Change the policy")
    refused = ana.submit(form, {"reason": "many more in one message"})
    last = newest(ana, "general")
    ana.submit(form, {"value": "8", "reason": "many more in one message"})

    assert "now 5; expected a whole number from 1 to 40" in words(form)
    assert refused["errors"] == {"value": "alerts.group_over cannot be 60: expected a whole number from 1 to 40."}
    assert "alerts.group_over 5 → 8" in ana.wait_message("general", after=last)["text"]
