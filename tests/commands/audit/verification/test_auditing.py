"""The trail proved, anchored, exported and erased from: what is said, and that it is so."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from commands.audit import anchoring, audit_erasing
from commands.audit.audit_exporting import run_export
from commands.audit.verification import auditing
from commands.audit.verification.auditing import AuditRefused
from commands.data.exporting import ExportRefused
from risk_engine.audit.events import AnswerExported
from storage import events
from storage.audit import rows, sealing
from storage.audit.anchoring.anchors import Anchor
from storage.audit.chain import Key, Keys
from storage.audit.extract import Wanted
from storage.sight import EVERYTHING
from tests.commands.conftest import text_of
from tests.conftest import MONDAY
from tests.happened import happened
from tests.raw_events import RawEvent
from tests.storage.trail import KEY, OTHER, PLAIN, run, sealing_on, unguarded

KEYS, UNFILTERED = Keys(KEY), Wanted()


@pytest.fixture
def sealed(book):
    """A book with a risk in its register, sealed."""
    book.ask('log ACME credit L3 S4 X1 "=HYPERLINK(evil) Oil price halves"')
    sealing.seal_all(book.database, KEY, guard=sealing_on)
    return book


def head(book):
    with book.database.begin(EVERYTHING) as tx:
        end = rows.head(tx)
    return Anchor(end.count, end.hash)


def proved(book, *anchors, keys=KEYS):
    with book.database.begin(EVERYTHING) as tx:
        proof = auditing.verify(tx, keys, anchors)
    return proof.holds, proof.lines()


def test_a_whole_trail_is_said_to_be_whole_with_its_head_its_time_and_its_key(sealed):
    count, end = head(sealed).count, head(sealed)
    holds, lines = proved(sealed, end)

    assert holds
    assert lines[0] == f"The audit trail is whole: {count} entries."
    assert lines[1] == f"Head: {end}"
    assert lines[3] == f"Sealed with the present key ({KEY.id}): {count}, entries 1 to {count}."
    assert lines[-1] == "1 anchor holds."


def test_without_an_anchor_it_is_said_what_cannot_be_told(sealed):
    _holds, lines = proved(sealed)

    assert lines[-1] == "Without --anchor it cannot be told whether the end was cut off or the whole trail rebuilt."


def test_the_first_broken_link_is_named_with_its_event_and_subject(sealed):
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'U0MALLORY' WHERE subject = 'R-1'")
    holds, lines = proved(sealed)
    count = head(sealed).count

    assert not holds
    assert lines[0].startswith(f"The audit trail is broken at seq {count}: event {count} about R-1 differs from what was sealed:")


def test_a_payload_that_went_by_hand_is_named_with_its_subject(sealed):
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE event SET payload = NULL, salt = '' WHERE subject = 'R-1'")

    assert "about R-1 is gone, and no erasure of it is on record." in proved(sealed)[1][0]


def test_a_cut_tail_and_a_rebuilt_trail_are_told_apart(sealed):
    end = head(sealed)
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), f"DELETE FROM seal WHERE seq = {end.count}")
        run(tx, f"DELETE FROM notice WHERE event_id = {end.count}")
        run(tx, f"DELETE FROM event WHERE id = {end.count}")
    cut = proved(sealed, end)
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        run(tx, "DELETE FROM seal")
        sealing.seal(tx, PLAIN)
    rebuilt = proved(sealed, Anchor(1, end.hash))

    assert not cut[0]
    assert cut[1][0] == "This is not the audit trail that was anchored."
    assert any(f"only {end.count - 1} of {end.count} entries are present; the end of the trail was cut off." in line for line in cut[1])
    assert not rebuilt[0]
    assert any("the trail was rebuilt; entry 1 has the hash" in line for line in rebuilt[1])


@pytest.mark.parametrize("keys", [Keys(PLAIN), Keys(OTHER)], ids=["no key", "another key"])
def test_with_no_key_or_the_wrong_one_nothing_is_proved(sealed, keys):
    holds, lines = proved(sealed, keys=keys)

    assert not holds
    assert lines[0] == "The audit trail could not be checked to its end: a key is missing."
    assert any(f"Sealed with another key ({KEY.id}), not checked" in line for line in lines)


def test_an_older_key_proves_what_was_sealed_with_it(sealed):
    assert proved(sealed, keys=Keys(OTHER, [KEY]))[0]


def test_a_trail_without_a_key_says_what_that_means(book):
    sealing.seal_all(book.database, PLAIN, guard=sealing_on)
    holds, lines = proved(book, keys=Keys(PLAIN))

    assert holds
    assert any(line.startswith("RISKBOT_AUDIT_KEY is not set: anyone with write access") for line in lines)


def test_the_key_is_nowhere_in_what_is_said(sealed):
    assert KEY.secret is not None
    assert KEY.secret.decode() not in repr(KEY) + " ".join(proved(sealed)[1])


# --- anchors --------------------------------------------------------------------------------------------------------------


def look(book, policy, now, **more):
    """What the clock does about anchors at a moment: whether one was taken; what is new is sealed after it."""
    with book.database.begin(EVERYTHING, write=True) as tx:
        taken = anchoring.take_if_due(tx, policy, KEYS, now=now, **more)
    sealing.seal_all(book.database, KEY, guard=sealing_on)
    return taken is not None


def happens(book, at):
    with book.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("risk.logged", "R-9", "U0ANA", at, {"customer": "ACME", "title": "new"}))
    sealing.seal_all(book.database, KEY, guard=sealing_on)


def test_an_anchor_is_taken_every_hour_in_which_something_happened_and_once_a_day_in_any_case(sealed, policy):
    hours = [MONDAY + timedelta(hours=n) for n in range(5)]
    first, at_once, quiet = look(sealed, policy, MONDAY), look(sealed, policy, MONDAY), look(sealed, policy, hours[1])
    happens(sealed, hours[1])
    hour, again, next_day = look(sealed, policy, hours[1]), look(sealed, policy, hours[2]), look(sealed, policy, MONDAY + timedelta(days=1))

    assert (first, at_once, quiet, hour, again, next_day) == (True, False, False, True, False, True)


def test_a_stop_anchors_what_happened_since_the_last_anchor(sealed, policy):
    look(sealed, policy, MONDAY)
    quiet = look(sealed, policy, MONDAY + timedelta(minutes=5), stopping=True)
    happens(sealed, MONDAY)

    assert (quiet, look(sealed, policy, MONDAY + timedelta(minutes=5), stopping=True)) == (False, True)


def test_the_audit_channel_is_told_at_its_own_interval(sealed, policy):
    seldom = policy.model_copy(update={"audit": policy.audit.model_copy(update={"channel_minutes": 180})})
    sealed.told()
    taken = []
    for hour in range(5):
        taken.append(look(sealed, seldom, MONDAY + timedelta(hours=hour)))
        happens(sealed, MONDAY + timedelta(hours=hour))

    assert taken == [True] * 5
    assert len(sealed.told()) == 2


def test_an_anchor_goes_to_the_audit_channel_and_proves_the_trail(sealed, policy):
    end = head(sealed)
    sealed.told()
    look(sealed, policy, MONDAY)
    ((delivery, message),) = sealed.told()

    assert delivery.audience == "route:audit"
    assert f"python -m bot audit verify --anchor {end}" in text_of(message.blocks)
    assert KEY.id in text_of(message.blocks)
    assert proved(sealed, end)[0]


def test_an_empty_trail_is_not_anchored(book, policy):
    with book.database.begin(EVERYTHING, write=True) as tx:
        assert anchoring.take(tx, policy, KEYS, by="anchor", at=MONDAY) is None


def test_a_malformed_anchor_is_refused_with_what_is_accepted(tmp_path):
    file = tmp_path / "anchors.txt"
    file.write_text(f"2026-11-25T00:05:00Z 1:{'a' * 64} plain\n\nnonsense\n")

    with pytest.raises(AuditRefused, match=r"“12:abc” is not an anchor; expected COUNT:HASH as in 1234:9f86d081…"):
        auditing.anchors(["12:abc"], [])
    with pytest.raises(AuditRefused, match=r"anchors.txt, line 3: “nonsense” is not an anchor"):
        auditing.anchors([], [file])
    with pytest.raises(AuditRefused, match=r"none.txt cannot be read: No such file"):
        auditing.anchors([], [tmp_path / "none.txt"])


# --- exports --------------------------------------------------------------------------------------------------------------


def exported(book, file, wanted=UNFILTERED):
    return run_export(book.database, file, wanted, by="ana", now=MONDAY)


def test_a_json_export_proves_itself_without_the_database(sealed, tmp_path):
    report = exported(sealed, tmp_path / "trail.json")
    proof = auditing.verify_export(tmp_path / "trail.json", KEYS, [head(sealed)])

    assert report.lines()[1].startswith("To prove it: python -m bot audit verify --export ")
    assert proof.holds
    assert proof.lines()[0] == f"The audit trail is whole: {head(sealed).count} entries."


@pytest.mark.parametrize(
    "field", ["kind", "subject", "actor", "at", "payload", "salt", "digest", "hash", "previous", "id", "seq", "key_id"]
)
def test_any_change_in_an_extract_is_found(sealed, tmp_path, field):
    file = tmp_path / "trail.json"
    exported(sealed, file, Wanted(subject="R-1"))
    told = json.loads(file.read_text("utf-8"))
    value = told["entries"][0][field]
    told["entries"][0][field] = value + 1 if isinstance(value, int) else f"{value}x"
    file.write_text(json.dumps(told), "utf-8")

    assert not auditing.verify_export(file, KEYS, []).holds


def test_an_extract_is_said_to_be_one(sealed, tmp_path):
    exported(sealed, tmp_path / "trail.json", Wanted(subject="R-1"))
    proof = auditing.verify_export(tmp_path / "trail.json", KEYS, [])

    assert (proof.holds, proof.lines()[0]) == (True, "1 entry in this extract, unchanged since it was sealed.")


def test_a_whole_export_whose_end_was_taken_away_is_found(sealed, tmp_path):
    file = tmp_path / "trail.json"
    exported(sealed, file)
    told = json.loads(file.read_text("utf-8"))
    del told["entries"][-1]
    file.write_text(json.dumps(told), "utf-8")
    proof = auditing.verify_export(file, KEYS, [])

    assert not proof.holds
    assert any("the end of the trail was cut off" in line for line in proof.lines())


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"product": "Riskbot audit trail", "format": 1, "only": {}, "count": 1, "entries": [{}]}', "\xff"]
)
def test_what_is_no_export_is_refused(tmp_path, text):
    file = tmp_path / "trail.json"
    file.write_text(text, "latin-1")

    with pytest.raises(AuditRefused, match="is not an export of the trail as JSON"):
        auditing.verify_export(file, KEYS, [])


def test_tables_carry_seal_and_payload_and_no_cell_is_a_formula(sealed, tmp_path):
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        events.record(tx, RawEvent("=kind", "@subject", "+actor", MONDAY, {"title": "=1+1"}))
    sealing.seal_all(sealed.database, KEY, guard=sealing_on)
    exported(sealed, tmp_path / "trail.csv")
    exported(sealed, tmp_path / "trail.xlsx")
    with (tmp_path / "trail.csv").open(encoding="utf-8-sig", newline="") as lines:
        row = next(each for each in csv.DictReader(lines) if each["kind"] == "'=kind")
    sheet = load_workbook(tmp_path / "trail.xlsx").active
    cells = [cell for line in sheet.iter_rows() for cell in line]

    assert (row["subject"], row["actor"], row["payload"], row["erased"]) == ("'@subject", "'+actor", '{"title":"=1+1"}', "no")
    assert f"{row['seq']}:{row['hash']}" == str(head(sealed))
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=kind" in [cell.value for cell in cells]


def test_an_export_can_be_of_a_subject_and_of_some_days_and_is_on_record(sealed, tmp_path):
    none = exported(sealed, tmp_path / "a.csv", Wanted("R-1", MONDAY + timedelta(days=1)))
    one = exported(sealed, tmp_path / "b.csv", Wanted("R-1", MONDAY, MONDAY + timedelta(days=1)))
    with sealed.database.begin(EVERYTHING) as tx:
        last = happened(tx, AnswerExported)[0]

    assert (none.entries, one.entries) == (0, 1)
    assert (last.actor, last.facts["rows"], last.facts["arguments"]["subject"]) == ("ana", 1, "R-1")


def test_what_cannot_be_exported_is_refused_and_writes_nothing(sealed, tmp_path):
    (tmp_path / "there.csv").write_text("mine")

    with pytest.raises(AuditRefused, match=r"trail.pdf does not say in which format; expected a name that ends in .csv, .xlsx, .json."):
        exported(sealed, tmp_path / "trail.pdf")
    with pytest.raises(ExportRefused, match="exists; --force replaces it"):
        exported(sealed, tmp_path / "there.csv")
    with pytest.raises(AuditRefused, match="--since 2026-11-24 is after --until"):
        exported(sealed, tmp_path / "a.csv", Wanted(None, MONDAY + timedelta(days=1), MONDAY))
    assert [path.name for path in tmp_path.iterdir() if "trail" in path.name or path.name == "a.csv"] == []


# --- erasure --------------------------------------------------------------------------------------------------------------


def test_a_customers_risks_and_breaches_are_erased_with_them_and_the_trail_stays_whole(sealed):
    sealed.observe("ACME,dscr,2026-10-31,0.9")
    sealing.seal_all(sealed.database, KEY, guard=sealing_on)
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        plan = audit_erasing.look(tx, "ACME", "asked to be forgotten")
        done = audit_erasing.erase(tx, plan, KEY, by="dpo", at=MONDAY)
    sealing.seal_all(sealed.database, KEY, guard=sealing_on)
    holds, lines = proved(sealed, head(sealed))
    with sealed.database.begin(EVERYTHING) as tx:
        left = [link.fact for link in rows.links(tx) if link.fact and link.fact.payload and link.fact.kind != "audit.erased"]

    assert len(plan.events) >= 2
    assert plan.lines()[0].startswith(f"{len(plan.events)} payloads about ACME would be erased")
    assert done[0] == f"{len(plan.events)} payloads were erased, as recorded."
    assert holds
    assert f"{len(plan.events)} payloads were erased; all are on record." in lines
    assert not [fact for fact in left if '"ACME"' in (fact.payload or "") or fact.subject in {"ACME", "R-1", "B-1"}]


def test_an_erasure_is_refused_without_a_reason_or_of_nobody(sealed):
    with sealed.database.begin(EVERYTHING) as tx:
        with pytest.raises(AuditRefused, match="--reason “no” is too short or too long; expected 10 to 300 letters"):
            audit_erasing.look(tx, "ACME", "no")
        with pytest.raises(AuditRefused, match="There is no customer “Acme Steel”; expected the id, not the name"):
            audit_erasing.look(tx, "Acme Steel", "asked to be forgotten")


def test_what_is_older_than_the_policy_keeps_is_erased_at_night_and_on_record(sealed, policy):
    job = audit_erasing.retention(KEY)
    later = MONDAY + timedelta(days=policy.retention.audit_days)
    with sealed.database.begin(EVERYTHING, write=True) as tx:
        job.run("audit.retention", later.date(), later, policy, tx)
        kept = proved_in(tx)
        job.run("audit.retention", later.date(), later + timedelta(days=1), policy, tx)
    sealing.seal_all(sealed.database, KEY, guard=sealing_on)
    holds, lines = proved(sealed)

    assert kept == 0
    assert holds
    assert any(line.endswith("payloads were erased; all are on record.") for line in lines)


def proved_in(tx):
    """How many payloads are gone by now."""
    return sum(link.fact.payload is None for link in rows.links(tx) if link.fact)


def test_a_key_is_told_by_a_name_that_does_not_tell_it():
    assert (Key.of("a"), Key.of("")) == (Key.of("a"), PLAIN)
    assert Key.of("a").id != Key.of("b").id
    assert len(KEY.id) == 16
