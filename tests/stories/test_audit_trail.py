"""The trail as an examiner meets it: who did what, who looked, what left as a file, and the month's sample."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from openpyxl import load_workbook

from commands.kit.registry import registry
from storage import events
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.raw_events import RawEvent
from tests.stories.desk import HOSTILE, Desk, ask, buttons, labels, newest, press, words


def test_an_examiner_sees_who_did_what_who_looked_and_takes_it_along(desk: Desk):
    ana, eva = desk.person("ana"), desk.person("eva")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    ask(ana, "/risk show ACME")
    ask(desk.person("omar"), "/risk show ACME")

    history = eventually(lambda: _sealed(ask(eva, f"/risk audit {risk}")))
    looked = ask(eva, "/risk audit ACME kind=detail.read")
    before = newest(eva, "dm")
    press(eva, history, "reply.export")
    sent = eva.wait_message("dm", after=before)
    book = load_workbook(io.BytesIO(desk.workspace.core.store.content(sent["files"][0]["id"])))

    assert "Entered it into the register" in words(history)
    assert {"ana", "omar"} <= _people(looked)
    assert "mei" not in _people(looked)
    assert [row[4].value for row in book.active.iter_rows(min_row=2)] == ["risk.logged"]
    assert "(U0EVA)" in book.properties.description


def _people(answer):
    """Who stands in the column of an answer's table that says by whom it was."""
    return {row[2]["text"] for block in answer["blocks"] if block["type"] == "data_table" for row in block["rows"][1:]}


def _sealed(answer):
    return answer if "sealed up to #" in answer["text"] and "not yet sealed" not in words(answer) else None


def test_a_hostile_customers_history_is_text(desk: Desk):
    omar = desk.person("omar")
    ask(omar, '/risk log EVIL credit L1 S1 X1 "<!channel> *bold*"')
    answer = ask(omar, "/risk audit EVIL")

    assert HOSTILE in words(answer)
    assert "<!channel>" not in answer["text"]


def test_the_months_sample_is_looked_at_in_the_audit_channel(desk: Desk):
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=10)
    with desk.database.begin(EVERYTHING, write=True) as tx:
        for number in (1, 2):
            facts = {
                "customer": "NOVA",
                "grade": "high",
                "model": "medium",
                "until": "2027-03-31",
                "reason": f"the sponsor stopped, {number}",
            }
            events.record(tx, RawEvent("override.proposed", f"O-{number}", "U0ANA", last_month, facts))
    eva, ana = desk.person("eva"), desk.person("ana")
    before = newest(eva, "risk-audit")
    with desk.database.begin(EVERYTHING, write=True) as tx:
        now = datetime.now(UTC)
        registry().jobs["second line"].run("second line", now.date(), now, desk.policy, tx)
    desk.application.courier.wake()
    listed = eva.wait_message("risk-audit", "2 of 2 entries to review", after=before)

    refused = press(ana, listed, "sample.fine", "risk-audit")
    said = press(eva, listed, "sample.fine", "risk-audit")
    after = eva.wait_message("risk-audit", lambda seen: seen["ts"] == listed["ts"] and "1 of 2 reviewed" in seen["text"])

    assert labels(listed)[:2] == ["In order", "Finding…"]
    assert "You were involved in entry 1" in refused["text"]
    assert said["text"].endswith("in order; 1 of 2 reviewed.")
    assert len(buttons(after)) == 2
