"""/risk policy: what is in force, key by key, and another value for a key once somebody else approves it; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Refused
from commands.kit.input import inline
from commands.kit.registry import registry
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.events import PolicyChanged, PolicyProposed
from risk_engine.references import PolicyChangeId
from storage import events as log
from storage.approvals import approvals
from storage.policy import policies, policies_in_force, policy_changes
from storage.sight import EVERYTHING
from tests.commands.conftest import buttons_of, text_of
from tests.conftest import MONDAY

DAY = timedelta(days=1)
LATER = MONDAY + timedelta(hours=1)
PROPOSE = 'policy responses.default_days 60 "reviews are every two months now"'


@pytest.fixture
def started(book):
    """A book whose bot has started with the packaged policy."""
    return begun(book)


@pytest.fixture
def one_started(one_book):
    """The same where one database is enough."""
    return begun(one_book)


def begun(book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        policies_in_force.begin(tx, book.policy, file=None, at=MONDAY)
    book.told()
    return book


def propose(book, line=PROPOSE, user="U0ANA") -> str:
    """Propose a change; the key of its approval's buttons."""
    book.ask(line, user)
    message = next(message for delivery, message in book.told() if delivery.notice == "approval.request")
    return buttons_of(message.blocks)["approval.approve"]


def approve(book, line=PROPOSE, user="U0OMAR", at=LATER) -> None:
    book.press("approval.approve", user, key=propose(book, line), at=at)
    book.told()


def in_force(book):
    with book.database.begin(EVERYTHING) as tx:
        return policies.valid(policies_in_force.standing(tx).values, origin="test")


def change(book, number=1):
    with book.database.begin(EVERYTHING) as tx:
        return policy_changes.get(tx, PolicyChangeId(number))


# --- look ------------------------------------------------------------------------------------------------------------


def test_the_policy_says_which_version_is_in_force_since_when_and_where_it_comes_from(started):
    reply = started.ask("policy")
    screen = text_of(reply.blocks)

    assert reply.text == f"Policy {policies.digest(started.policy)[:8]} is in force: packaged value"
    for part in ("Since  23 Nov 2026 09:00", "Source  the packaged policy", "Nothing differs from the packaged policy.", "responses"):
        assert part in screen


def test_before_the_first_start_the_packaged_policy_is_shown(one_book):
    assert "packaged value" in one_book.ask("policy").text


def test_a_table_shows_its_keys_with_their_values(one_started):
    reply = one_started.ask("policy alerts")

    assert reply.text == "alerts: 3 keys"
    assert "red_hours  24" in text_of(reply.blocks)
    assert "16 keys" in text_of(one_started.ask("policy kri").blocks)
    assert "There is no entry yet." in text_of(one_started.ask("policy language.channels").blocks)


def test_a_key_says_its_value_the_reason_and_what_is_accepted(one_started):
    reply = one_started.ask("policy responses.default_days")
    screen = text_of(reply.blocks)

    assert reply.text == "responses.default_days is 90"
    assert "Accepted  a whole number from 1 to 730" in screen
    assert "a quarter is the usual review cycle" in screen
    assert "Source  the packaged policy" in screen


@pytest.mark.parametrize(
    ("key", "accepted"),
    [
        ("scoring.pd_floor", "a number from 0 to 1"),
        ("financial.price_index", "a number, above 0"),
        ("impairment.staging.pd_increase", "a number, above 0, at most 1"),
        ("scoring.internal_first", "true or false"),
        ("digest.at", "a time of day like 08:30"),
        ("scoring.currency", "a text of the form ^[A-Z]{3}$"),
        ("kri.Debt_ratio.direction", "one of high, low, both"),
        ("kri.Debt_ratio.amber", "a number, or a list of 2 such as [a, b]; each a number"),
        ("kri.Debt_ratio.owner", "a text, or none"),
        ("digest.weekdays", "a list such as [a, b]; each a whole number from 1 to 7"),
        ("scales.scope", "a list of 5 such as [a, b]; each a text of at most 60 characters"),
        ("roles.viewer.rights", "a list such as [a, b]; each one of open, read"),
    ],
)
def test_what_a_key_accepts_is_said_in_words(one_started, key, accepted):
    assert f"Accepted  {accepted}" in text_of(one_started.ask(f"policy {key}").blocks)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "policy response.default_day",
            "The policy has no key “response.default_day”. Did you mean `/risk policy responses.default_days`?",
        ),
        (
            "policy kri.Dept_ratio.amber",
            'The policy has no key “kri.Dept_ratio.amber”. Did you mean `/risk policy "kri.Debt ratio.amber"`?',
        ),
        (
            "policy kri.Debt",
            'The policy has no key “kri.Debt”. A key with spaces is quoted, as in `/risk policy "kri.Debt service cover"`.',
        ),
        ("policy language.zzz", "“language” has no key like “language.zzz”; it has: default, channels."),
    ],
)
def test_a_mistyped_key_is_answered_with_the_nearest_or_with_what_there_is(one_started, line, said):
    assert one_started.refusal(line) == said


# --- propose ---------------------------------------------------------------------------------------------------------


def test_a_proposal_says_from_what_to_what_and_that_somebody_else_decides(started):
    reply = started.ask(PROPOSE)

    assert reply.text == "P-1 is proposed: responses.default_days 90 → 60; A-1 is with the approvers."
    assert "Why  reviews are every two months now" in text_of(reply.blocks)
    assert in_force(started).responses.default_days == 90


def test_the_request_shows_the_key_both_values_why_and_what_it_is_about(started):
    started.ask(PROPOSE)
    ((delivery, message),) = started.told()
    screen = text_of(message.blocks)

    assert delivery.audience == "route:approvals"
    assert message.text.startswith("A-1: <@U0ANA> requests approval of P-1")
    for part in ("P-1 · responses.default_days", "Value  90 → 60", "Why  reviews are", "a quarter is the usual review cycle"):
        assert part in screen


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'policy responses.default_days 900 "much more time"',
            "responses.default_days cannot be 900: expected a whole number from 1 to 730.",
        ),
        (
            'policy "kri.Debt service cover.amber" 1.0 "looser for all"',
            "kri.Debt service cover.amber cannot be 1.0: red must lie beyond amber, and both must be finite. "
            "Expected a number, or a list of 2 such as [a, b]; each a number.",
        ),
        ('policy responses.default_days 90 "as it is today"', "responses.default_days is 90 already: there is nothing to change."),
        (
            'policy responses 90 "as it is today"',
            "responses is a table: name one of its keys, as `responses.default_days`. It has: default_days.",
        ),
        (
            'policy "kri.Debt ratio.name" Leverage "a better name"',
            "kri.Debt ratio.name is not changed here: entries are named, added and removed in the policy file.",
        ),
        ("policy responses.default_days 60 short", "Why “short” is not accepted: expected text of 10 to 1000 characters."),
        (
            'policy alerts.red_houres 60 "more time for all"',
            "The policy has no key “alerts.red_houres”. Did you mean `/risk policy alerts.red_hours`?",
        ),
    ],
)
def test_what_would_be_no_policy_is_refused_in_words_and_leaves_no_trace(one_started, line, said):
    assert one_started.refusal(line) == said
    with one_started.database.begin(EVERYTHING) as tx:
        assert policy_changes.waiting(tx) == []
        assert "policy.proposed" not in log.kinds(tx)


def test_a_second_change_of_a_key_waits_for_the_first(started):
    started.ask(PROPOSE)

    said = started.refusal('policy responses.default_days 45 "still faster"', "U0MEI")

    assert said == "P-1 for responses.default_days is already pending: 90 → 60."


def test_a_value_without_a_reason_asks_for_the_reason_in_a_form(one_started):
    asked = inline.read(registry(), "policy responses.default_days 60")

    assert (asked.command.name, asked.missing) == ("policy change", ["reason"])


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("policy digest.weekdays [1, 2, 3] fewer digests", {"key": "digest.weekdays", "value": "[1, 2, 3]", "reason": "fewer digests"}),
        ('policy data.required ["sector", "kind"] why not', {"key": "data.required", "value": '["sector", "kind"]', "reason": "why not"}),
        ("policy data.required “a b” “why not”", {"key": "data.required", "value": "a b", "reason": "why not"}),
        ("policy change alerts.red_hours 12", {"key": "alerts.red_hours", "value": "12"}),
        ("policy key=alerts.red_hours value=12 reason=x", {"key": "alerts.red_hours", "value": "12", "reason": "x"}),
    ],
)
def test_a_change_is_read_as_it_is_typed(line, values):
    asked = inline.read(registry(), line)

    assert (asked.command.name, asked.values) == ("policy change", values)


def test_a_bracket_that_is_never_closed_is_said():
    with pytest.raises(Refused, match="The bracket opened"):
        inline.read(registry(), "policy digest.weekdays [1, 2 fewer digests")


def test_curly_quotes_in_a_list_are_meant_as_straight_ones(one_started):
    one_started.ask("policy data.required [“sector”, “kind”] the kind matters too")

    assert change(one_started).value == ["sector", "kind"]


def test_the_form_says_what_the_key_says_and_accepts(one_started, asks):
    command = registry().commands["policy change"]
    with one_started.database.begin(EVERYTHING) as tx:
        said = command.ready({"key": "responses.default_days"}, asks(), tx)

    assert said == "now 90; expected a whole number from 1 to 730"


# --- decide ----------------------------------------------------------------------------------------------------------


def test_an_approved_change_is_in_force_and_the_policy_says_by_whom(started):
    approve(started)
    overview, key = text_of(started.ask("policy").blocks), text_of(started.ask("policy responses.default_days").blocks)

    assert in_force(started).responses.default_days == 60
    assert "Since  23 Nov 2026 10:00" in overview
    assert "P-1, requested by @U0ANA, approved by @U0OMAR" in overview
    assert "responses.default_days  90 → 60  · P-1, @U0ANA" in overview
    assert "Packaged  90" in key
    assert "P-1 · 90 → 60 · approved, 23 Nov 2026 10:00" in key
    assert "P-1" in text_of(started.ask("policy responses").blocks)


def test_the_change_is_on_record_with_both_values_and_the_decider(started):
    approve(started)
    with started.database.begin(EVERYTHING) as tx:
        proposed, changed = (log.last_of(tx, "P-1", kind) for kind in (PolicyProposed, PolicyChanged))

    assert (proposed.actor, changed.actor) == ("U0ANA", "U0OMAR")
    assert (changed.facts["from"], changed.facts["to"]) == (90, 60)


@pytest.mark.parametrize(("action", "state"), [("approval.reject", ProposalState.REJECTED), ("approval.return", ProposalState.RETURNED)])
def test_what_is_not_approved_leaves_the_policy_as_it_was_and_may_be_proposed_anew(started, action, state):
    started.press(action, key=propose(started), reason="not in this quarter", at=LATER)

    assert change(started).state is state
    assert in_force(started).responses.default_days == 90
    assert "P-2 is proposed" in started.ask(PROPOSE).text


def test_the_maker_cannot_approve_their_own_change(started):
    key = propose(started)

    with pytest.raises(Refused, match="You requested A-1 yourself"):
        started.press("approval.approve", "U0ANA", key=key, at=LATER)
    assert in_force(started).responses.default_days == 90


def test_it_goes_back_to_what_is_packaged_with_two_people_as_well(started):
    approve(started)
    approve(started, 'policy responses.default_days packaged "it was too hasty"', at=LATER + DAY)

    assert in_force(started).responses.default_days == 90
    assert (change(started, 1).state, change(started, 2).state) == (ProposalState.REPLACED, ProposalState.APPROVED)
    assert "packaged value" in started.ask("policy").text
    assert "Source  the packaged policy" in text_of(started.ask("policy responses.default_days").blocks)


def test_a_change_that_does_not_go_with_what_was_approved_meanwhile_is_refused_whole(started):
    loose = propose(started, 'policy "kri.Debt service cover.amber" 1.06 "closer to red"')
    approve(started, 'policy "kri.Debt service cover.red" 1.1 "default levels are higher"')

    with pytest.raises(Refused, match="red must lie beyond amber"):
        started.press("approval.approve", key=loose, at=LATER)
    assert change(started).state is ProposalState.PROPOSED
    assert in_force(started).kri[0].amber == 1.2


def test_a_request_whose_value_has_changed_meanwhile_is_looked_at_again(started, tmp_path):
    key = propose(started)
    (tmp_path / "policy.toml").write_text("[responses]\ndefault_days = 30\n", "utf-8")
    with started.database.begin(EVERYTHING, write=True) as tx:
        policies_in_force.begin(tx, policies.read(tmp_path / "policy.toml"), file=tmp_path / "policy.toml", at=LATER)

    warned = started.press("approval.approve", key=key, at=LATER)
    assert "nothing was decided" in warned.text
    assert "Value in force" in text_of(warned.blocks)
    with pytest.raises(Refused, match=r"responses\.default_days is 30 by now, and not 90 as when P-1 was proposed: propose it anew"):
        started.press("approval.approve", key=buttons_of(warned.blocks)["approval.approve"], at=LATER)
    assert in_force(started).responses.default_days == 30


def test_where_the_file_differs_the_file_is_named(started, tmp_path):
    file = tmp_path / "house.toml"
    file.write_text("[responses]\ndefault_days = 30\n", "utf-8")
    with started.database.begin(EVERYTHING, write=True) as tx:
        policies_in_force.begin(tx, policies.read(file), file=file, at=LATER)
    overview, key = text_of(started.ask("policy").blocks), text_of(started.ask("policy responses.default_days").blocks)

    assert "Source  the policy file house.toml" in overview
    assert "responses.default_days  90 → 30  · the policy file" in overview
    assert "In the policy file  30" in key
    assert "Source  the policy file" in key


def test_an_indicator_is_a_kind_of_its_own_to_those_who_decide(started):
    propose(started)
    propose(started, 'policy "kri.Debt ratio.amber" 0.75 "earlier warnings"')

    with started.database.begin(EVERYTHING) as tx:
        kinds = [approvals.of_subject(tx, PolicyChangeId(number)).kind for number in (1, 2)]
    assert kinds == [ApprovalKind.POLICY, ApprovalKind.INDICATOR]


def test_what_waits_is_in_the_policy_and_among_the_approvals(started):
    started.ask(PROPOSE)

    assert "P-1 · responses.default_days  90 → 60  · requested by @U0ANA (A-1)" in text_of(started.ask("policy").blocks)
    assert "responses.default_days  90 → 60" in text_of(started.ask("approvals", "U0OMAR").blocks)


# --- keys that belong together ----------------------------------------------------------------------------------------

LINE = "{slope = -0.05, intercept = 0.4, n = 412, bad = 37, date = 2026-11-20, source = 'our outcomes'}"
CALIBRATE = f'policy scoring.calibration "{LINE}" "calibrated on 412 customers"'


def test_a_calibration_changes_as_one_setting_and_all_its_keys_say_so(started):
    approve(started, CALIBRATE)
    found = in_force(started).scoring.calibration
    overview, slope = text_of(started.ask("policy").blocks), text_of(started.ask("policy scoring.calibration.slope").blocks)

    assert (found.slope, found.intercept, found.n, found.bad, str(found.date)) == (-0.05, 0.4, 412, 37, "2026-11-20")
    assert "scoring.calibration.slope  -0.0626 → -0.05  · P-1, @U0ANA" in overview
    assert "P-1, requested by @U0ANA, approved by @U0OMAR" in slope


def test_a_calibration_goes_back_to_the_packaged_one(started):
    approve(started, CALIBRATE)
    approve(started, 'policy scoring.calibration packaged "the files were wrong"', at=LATER + DAY)

    assert not in_force(started).scoring.calibration.own


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'policy scoring.calibration.slope -0.05 "it is flatter"',
            "scoring.calibration.slope changes only together with the rest of scoring.",
        ),
        (CALIBRATE.replace("-0.05", "0.05"), "scoring.calibration cannot be"),
        (CALIBRATE.replace("bad = 37", "bad = 0"), "bad must lie between 0 and n"),
        (CALIBRATE.replace("n = 412, ", ""), "expected a table with the keys"),
    ],
)
def test_a_part_of_a_calibration_and_an_impossible_one_are_refused(one_started, line, said):
    assert said in one_started.refusal(line)
    assert change(one_started) is None
