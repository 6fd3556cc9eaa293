"""When there is more to do than hands: nobody is left without an answer, and nothing is done twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.working.pool import URGENT, Pool
from tests.conftest import eventually
from tests.stories.desk import Desk, ask, buttons, current, newest, press, words

WORKERS = 8


@contextmanager
def occupied(pool: Pool, *, fully: bool = True) -> Iterator[None]:
    """Work that goes on until the end of the block, for every worker; or ``fully``, in every place where work may wait."""
    over, held, done = threading.Event(), [], []

    def hold() -> None:
        held.append(1)
        over.wait()
        done.append(1)

    begun = sum(pool.submit(hold) for _worker in range(WORKERS))
    # whatever a worker was still busy with has given its place back by now
    eventually(lambda: len(held) == WORKERS)
    while fully and (pool.submit(hold) or pool.submit(hold, priority=URGENT)):
        begun += 1
    try:
        yield
    finally:
        over.set()
        eventually(lambda: len(done) == begun)


@pytest.mark.parametrize("line", ["show ACME", "list", 'log ACME credit L4 S3 X2 "too busy to log"', "log"])
def test_a_busy_bot_says_so_at_once_and_records_nothing(desk: Desk, line: str):
    ana = desk.person("ana")

    with occupied(desk.application.pool):
        last = newest(ana, "general")
        sent = ana.send("general", f"/risk {line}")
        answer = ana.wait_message("general", after=last)
    shown = ask(ana, "/risk show ACME")

    assert answer["text"] == "I am too busy right now, and nothing was recorded. Please try again in a minute."
    # no worker was free before it was told
    assert sent["ok"]
    assert "too busy to log" not in words(shown)


def test_a_form_that_could_not_open_in_time_is_offered_as_a_button(desk: Desk):
    ana = desk.person("ana")

    last = newest(ana, "general")
    with occupied(desk.application.pool, fully=False):
        assert ana.send("general", "/risk log ACME credit L2")["ok"]
        time.sleep(2.1)
    late = ana.wait_message("general", after=last)
    assert ana.modal() is None
    ana.press(late, "form.open")
    form = ana.wait_modal(wanted="Log a risk")
    ana.close(form, whole=True)

    assert late["text"] == "The form took too long to open."
    assert buttons(late) == ["form.open"]
    assert "Acme Steel (ACME)" in words(form)


def test_a_trigger_that_slack_refuses_is_replaced_by_a_button(desk: Desk):
    ana = desk.person("ana")

    risk = ask(ana, '/risk log NOVA legal L3 S3 X2 "a licence runs out"')["text"].split()[0]
    desk.workspace.faults.add("views.open", "error:expired_trigger_id")
    last = newest(ana, "general")
    ana.send("general", f"/risk respond {risk}")
    late = ana.wait_message("general", "The form took too long to open.", after=last)
    ana.press(late, "form.open")
    form = ana.wait_modal(wanted="Respond to a risk")
    ana.close(form, whole=True)

    assert "a licence runs out" in words(form)


def test_a_form_jumps_the_queue(desk: Desk):
    ana = desk.person("ana")
    last, begun = newest(ana, "general"), len(desk.workspace.wire)

    with occupied(desk.application.pool, fully=False):
        for _question in range(20):
            ana.send("general", "/risk list")
        ana.send("general", "/risk log")
    form = ana.wait_modal(wanted="Log a risk")
    ana.close(form, whole=True)
    eventually(lambda: sum(seen["ts"] > last for seen in ana.messages("general")) == 20)
    order = [entry.what for entry in list(desk.workspace.wire)[begun:] if entry.what in ("views.open", "response_url")]

    assert order.index("views.open") < 10


def test_a_button_pressed_on_a_busy_bot_changes_nothing_and_says_so(desk: Desk):
    ana, omar = desk.person("ana"), desk.person("omar")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "busy"')["text"].split()[0]
    ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    request = omar.wait_message("risk-approvals", "assign the receivables")

    with occupied(desk.application.pool, fully=False):
        while desk.application.pool.submit(lambda: None):
            pass
        last = newest(omar, "risk-approvals")
        assert omar.press(current(omar, request, "risk-approvals"), "approval.approve")["ok"]
    refused = omar.wait_message("risk-approvals", after=last)
    decided = press(omar, request, "approval.approve", "risk-approvals")

    assert refused["text"] == "I am too busy right now, and nothing was recorded. Please try again in a minute."
    assert "is approved" in decided["text"]


def test_many_people_at_once_are_all_answered(desk: Desk):
    people = [desk.person(name) for name in ("ana", "omar", "eva")]
    last = {who.id: newest(who, "risk-signals") for who in people}

    threads = [threading.Thread(target=who.send, args=("risk-signals", "/risk show ACME")) for who in people for _time in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for who in people:
        who.wait_message("risk-signals", lambda _seen, who=who: answered(who, last[who.id]) == 8)

    assert [answered(who, last[who.id]) for who in people] == [8, 8, 8]


def answered(who, after: str) -> int:
    return sum(seen["ts"] > after and seen["text"].startswith("Acme Steel") for seen in who.messages("risk-signals"))
