"""/risk audit: what happened to a thing, in words for every kind; who sees it, and what leaves as a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from commands.audit.audit import PAGE, sheet
from commands.audit.trail import trail_lines
from commands.kit.i18n import Reader, reading
from commands.kit.input import inline
from commands.kit.registry import registry
from risk_engine.people.roles import Reach
from risk_engine.references import RiskId
from storage import events
from storage.audit import erasing, trail
from storage.audit.chain import Key
from storage.audit.erased import BY_COMMAND
from storage.audit.sealing import seal_all
from storage.audit.trail import Wanted
from storage.register import risks
from storage.sight import EVERYTHING
from tests.commands.conftest import text_of
from tests.conftest import MONDAY
from tests.raw_events import RawEvent
from tests.storage.trail import sealing_on

LATER = MONDAY + timedelta(hours=2)
LOG = 'log ACME credit L4 S3 X2 "lost its main buyer"'


@pytest.fixture
def lived(book):
    """A risk with a response that somebody approved, and a breach of another customer."""
    book.ask(LOG)
    book.ask('respond R-1 reduce "assign the receivables to us"', "U0MEI")
    book.observe("NORD,dscr,2026-09-30,1.00")
    return book


def shown(reply) -> str:
    return text_of(reply.blocks)


# --- entries of another version ------------------------------------------------------------------------------------------


def test_a_kind_from_another_version_shows_its_own_name(one_book):
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("moon.landed", "R-1", "U0ANA", MONDAY, {"where": "the sea of tranquillity"}))

    assert "Moon.landed  U0ANA  R-1" in shown(one_book.ask("audit R-1"))


def test_facts_that_another_version_wrote_otherwise_do_not_hide_the_entry(one_book):
    odd = {"title": 7, "level": "very high", "owner": None, "value": "a lot", "threshold": [1], "kri": 3, "conditions": [{"when": 1}, "x"]}
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        for kind in registry().said:
            events.record(tx, RawEvent(kind, "R-1", "U0ANA", MONDAY, {**odd, "customer": "ACME", "from": {"a": 1}, "to": None}))
    pages = [shown(one_book.ask(f"audit R-1 page={page}")) for page in range(1, (len(registry().said) - 1) // PAGE + 2)]

    assert "level very high" in "".join(pages)


def test_a_decision_reads_as_its_verdict_and_a_new_score_is_no_attempt_to_approve(one_book):
    facts = {"maker": "U0ANA", "customer": "ACME", "verdict": "approved", "changed": {}}
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("approval.decided", "A-1", "U0OMAR", MONDAY, facts))
        events.record(tx, RawEvent("approval.refreshed", "A-1", "clock", MONDAY, facts))
    screen = shown(one_book.ask("audit A-1"))

    assert "Approved  U0OMAR  A-1" in screen
    assert "Recorded that the facts have changed since the request  a scheduled job  A-1" in screen
    assert "tried to approve" not in screen


# --- the history of a thing --------------------------------------------------------------------------------------------


def test_a_risks_history_has_its_response_and_the_approval_the_newest_first(lived):
    reply = lived.ask("audit R-1", at=LATER)
    screen = shown(reply)
    places = [screen.index(what) for what in ("Requested approval", "Proposed a response", "Entered it into the register")]

    assert reply.text == "R-1: 3 entries · last changed 2 hours ago by U0MEI · not yet sealed"
    assert places == sorted(places)
    assert "level ●●○○ medium" in screen
    assert "“assign the receivables to us”" in screen
    assert "Nordwind" not in screen


def test_without_what_belongs_to_it_there_is_only_the_thing_itself(lived):
    assert lived.ask("audit R-1 related=no").text.startswith("R-1: 1 entry")


@pytest.mark.parametrize(
    ("line", "entries"), [("audit T-1", 2), ("audit A-1", 2), ("audit b1", 1), ("audit Acme Steel", 3), ("audit NORD", 1)]
)
def test_a_response_an_approval_a_breach_and_a_customer_have_one_too(lived, line, entries):
    assert f"{entries} entr" in lived.ask(line).text


def test_a_persons_history_is_what_they_did(lived):
    assert lived.ask("audit <@U0MEI|mei>").text.startswith("U0MEI: 2 entries")


def test_filters_narrow_it(lived):
    assert lived.ask("audit kind=approval").text.startswith("Audit trail: 1 entry")
    assert lived.ask("audit by=<@U0ANA>").text.startswith("Audit trail: 1 entry")
    assert lived.ask("audit by=monitor").text.startswith("Audit trail: 1 entry")
    assert lived.ask("audit R-1 since=2026-11-24", at=LATER).text.startswith("No entry about R-1 matches the filters")
    assert lived.ask("audit R-1 until=2026-11-23", at=LATER).text.startswith("R-1: 3 entries")


def test_an_override_shows_from_which_grade_to_which_and_why(book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        facts = {"customer": "NOVA", "grade": "high", "model": "medium", "until": "2027-03-31", "reason": "the sponsor has stopped paying"}
        events.record(tx, RawEvent("override.proposed", "O-1", "U0ANA", MONDAY, facts))
    screen = shown(book.ask("audit O-1"))

    assert "●●○○ medium → ●●●○ high" in screen
    assert "“the sponsor has stopped paying”" in screen
    assert "O-1 · Nova Power" in screen


def test_what_is_sealed_has_its_number_and_the_beginning_of_its_hash(lived):
    seal_all(lived.database, Key.of(None), guard=sealing_on)
    reply = lived.ask("audit R-1")
    with lived.database.begin(EVERYTHING) as tx:
        newest = trail.entries(tx, Wanted(until=LATER, subjects=["A-1"]), limit=1)[0]

    assert f"#{newest.seq} · {newest.hash[:8]}" in shown(reply)
    assert f"sealed up to #{newest.seq + 2}" in reply.text
    assert "not yet sealed" not in shown(reply)


def test_an_erased_entry_says_when_and_why(lived):
    with lived.database.begin(EVERYTHING, write=True) as tx:
        found = erasing.about(tx, "ACME").events
        why = {"subject": "ACME", "reason": "asked for by the customer", "by": "U0EVA", "at": MONDAY}
        erasing.erase(tx, found, **why, key=Key.of(None), command=BY_COMMAND)
    screen = shown(lived.ask("audit R-1"))

    assert "erased on 23 Nov 2026 09:00 (asked for by the customer)" in screen
    assert "lost its main buyer" not in screen


def test_pages_turn_and_do_not_shift_while_things_happen(book):
    for number in range(12):
        book.ask(f'log ACME credit L4 S3 X2 "risk number {number}"')
    first = book.ask("audit kind=risk")
    (label, page) = first.pages[0]
    book.ask('log ACME credit L4 S3 X2 "one more"', at=LATER)
    second = book.ask("audit kind=risk page=2", as_of=MONDAY)

    assert (str(label), page.page) == ("Next ▶", 2)
    assert "12 entries" in second.text
    assert "risk number 0" in shown(second)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("audit R-99", "The trail has no entry about R-99. `/risk audit` shows the newest entries."),
        ("audit kind=aproval", "There is no kind of entry “aproval”. Did you mean approval?"),
        ("audit since=2026-11-23 until=2026-11-20", "Choose a date of 23 Nov 2026 or later, not 20 Nov 2026."),
        ("audit month=October", "“October” is not a month: expected one like 2026-10."),
        ("audit month=2026-10", "There is no list yet: the first comes on the first working day of next month."),
        ("audit R-1 page=7", "There is no page 7: the last one is 1."),
    ],
)
def test_what_is_not_there_is_said_in_words(lived, line, said):
    try:
        answered = lived.ask(line).text
    except Exception as refused:  # either way it is one sentence
        answered = str(refused)

    assert answered == said


def test_slack_takes_it_in_both_languages(lived):
    for locale in ("en_GB", "zh_Hans_CN"):
        with reading(Reader(locale, masked=False)):
            assert lived.ask("audit").blocks


# --- who sees it -------------------------------------------------------------------------------------------------------


def test_a_narrower_sight_sees_only_entries_of_its_own_customers(lived, policy):
    everything = Wanted(until=LATER)
    with lived.database.begin(EVERYTHING) as tx:
        narrow = replace(tx, sight=type(tx.sight)(Reach.OWN, names=frozenset({"U0MEI"})))
        seen = {entry.event.subject for entry in trail.entries(narrow, everything, limit=50)}
        all_of_it = {entry.event.subject for entry in trail.entries(tx, everything, limit=50)}
        counted = trail.count(narrow, everything)

    # U0MEI looks after Acme Steel and Nordwind Energie
    assert seen == {"R-1", "T-1", "A-1", "B-1"}
    assert {"import 1"} < all_of_it - seen
    assert counted == 4


def test_somebody_elses_customer_is_not_there_for_a_narrow_sight(lived):
    with lived.database.begin(EVERYTHING) as tx:
        narrow = replace(tx, sight=type(tx.sight)(Reach.OWN, names=frozenset({"U0EVA"})))

        assert risks.get(tx, RiskId(1)) is not None
        assert trail.count(narrow, Wanted(until=LATER, subjects=["R-1"])) == 0


# --- as a file ---------------------------------------------------------------------------------------------------------


def test_the_export_has_every_entry_with_all_of_its_facts(lived, asks):
    args = inline.read(registry(), "audit R-1").checked()
    with lived.database.begin(EVERYTHING) as tx:
        made = sheet(args, asks(), tx)
    rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]

    assert [row["kind"] for row in rows] == ["approval.requested", "response.proposed", "risk.logged"]
    assert json.loads(rows[-1]["facts"])["title"] == "lost its main buyer"
    assert rows[-1]["customer"] == "ACME"
    assert made.name == "audit-R-1"


def test_sides_of_roles_and_policies_are_in_words():
    held = {"before": {"roles": ["viewer"], "departments": []}, "after": {"roles": ["viewer", "approver"], "departments": ["Projects"]}}
    given = events.Recorded(1, "role.given", "U0EVA", "U0ANA", MONDAY, held)
    changed = events.Recorded(2, "policy.changed", "P-1", "U0ANA", MONDAY, {"key": "alerts.red_hours", "from": 24, "to": 12})

    assert trail_lines.change(given) == "viewer → viewer, approver (Projects)"
    assert trail_lines.change(changed) == "24 → 12"
