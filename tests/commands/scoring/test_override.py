"""A person's grade in place of the model's: proposed, approved by somebody else, counted until its day, ended; on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commands.kit.contract import Refused
from commands.kit.input import inline
from commands.kit.registry import registry
from commands.scoring.explaining import explain
from commands.scoring.override import COMMAND
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from storage import events as log
from storage.scoring import overrides
from storage.sight import EVERYTHING
from tests.commands.conftest import DECIDES, buttons_of, lend, text_of
from tests.commands.scoring.test_scoring import events, of, run
from tests.conftest import MONDAY

DAY = timedelta(days=1)
LATER = MONDAY + timedelta(hours=1)
PROPOSE = 'override NOVA high "the sponsor has stopped paying in equity" until=2027-03-31'


def score(database):
    book = lend(database)
    run(book)
    book.told()


@pytest.fixture
def stock(request, stock):
    return score if "scored" in request.fixturenames else stock


@pytest.fixture
def scored(book):
    "A book in which the model calls Nova Power medium, as nothing is known."
    return book


@pytest.fixture
def asked(scored):
    """The key of the approval that ana asked for."""
    scored.ask(PROPOSE)
    ((_delivery, message),) = scored.told()
    return buttons_of(message.blocks)["approval.approve"]


@pytest.fixture
def approved(scored, asked):
    """The book with the override in force, and scored since."""
    scored.press("approval.approve", key=asked, at=LATER)
    scored.told()
    run(scored, LATER)
    return scored


def state(book) -> str:
    with book.database.begin(EVERYTHING) as tx:
        return overrides.get(tx, OverrideId(1)).state.value


def grades(book) -> tuple[Grade, Grade]:
    """The one that counts, and the model's."""
    score = of(book, "NOVA")
    return score.grade, score.model


# --- propose -----------------------------------------------------------------------------------------------------------


def test_a_proposal_says_from_which_grade_to_which_until_when_and_who_decides(scored):
    reply = scored.ask(PROPOSE)
    screen = text_of(reply.blocks)

    assert reply.text == "O-1 is proposed: Nova Power ●●●○ high until 31 Mar 2027; A-1 is with the approvers."
    assert "Override  O-1 · ●●○○ medium → ●●●○ high" in screen
    assert "Why  the sponsor has stopped paying in equity" in screen


def test_the_request_for_approval_shows_both_grades_the_reason_and_the_last_day(scored):
    scored.ask(PROPOSE)
    ((delivery, message),) = scored.told()
    screen = text_of(message.blocks)

    assert (delivery.notice, delivery.audience) == ("approval.request", "route:approvals")
    assert message.text == "A-1: <@U0ANA> requests approval of O-1 for Nova Power: the sponsor has stopped paying in equity"
    for part in ("Customer  Nova Power (NOVA)", "O-1 · ●●○○ medium → ●●●○ high", "Until  31 Mar 2027", "stopped paying in equity"):
        assert part in screen
    assert set(buttons_of(message.blocks)) == DECIDES


def test_without_a_day_it_lasts_as_long_as_the_policy_allows(scored):
    assert "until 22 May 2027" in scored.ask('override NOVA high "the sponsor has stopped paying"').text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("override NOVA medium it is as it is, I think", "The model says medium itself: there is nothing to override."),
        (
            'override NOVA high "too long a time" until=2027-12-31',
            "An override ends between 23 Nov 2026 and 22 May 2027, not on 31 Dec 2027.",
        ),
        ('override NOVA high "in the past" until=2026-11-22', "An override ends between 23 Nov 2026 and 22 May 2027, not on 22 Nov 2026."),
        ('override NOVA model "there is none to end"', "No override is in force for Nova Power."),
        ("override NOVA high short", "Why “short” is not accepted: expected text of 10 to 1000 characters."),
    ],
)
def test_what_cannot_be_overridden_is_refused_in_words_and_leaves_no_trace(scored, line, said):
    assert scored.refusal(line) == said
    with scored.database.begin(EVERYTHING) as tx:
        assert "override.proposed" not in log.kinds(tx)


def test_much_better_than_the_model_is_more_than_the_policy_allows(scored):
    scored.ask('log NOVA credit L5 S5 X2 "burnt down"')
    run(scored, LATER)

    assert scored.refusal('override NOVA medium "it will be built again"') == "medium is better than the policy allows: at best high."


def test_who_has_no_grade_yet_has_nothing_to_override(book):
    assert book.refusal(PROPOSE) == "Nova Power has no grade yet: there is nothing to override."


def test_a_second_proposal_waits_for_the_first(scored, asked):
    assert scored.refusal(PROPOSE, "U0MEI") == "O-1 for Nova Power is already pending."


def test_what_waits_is_seen_on_the_customer_and_in_the_lists(scored, asked):
    shown = text_of(scored.ask("show NOVA").blocks)
    listed = text_of(scored.ask("list approvals").blocks)

    assert "Override  O-1, ●●●○ high until 31 Mar 2027, pending approval" in shown
    assert "A-1" in listed
    assert "Nova Power" in listed
    assert "O-1" in text_of(scored.ask("approvals", "U0OMAR").blocks)
    assert grades(scored) == (Grade.MEDIUM, Grade.MEDIUM)


# --- decide ------------------------------------------------------------------------------------------------------------


def test_the_maker_cannot_decide(scored, asked):
    with pytest.raises(Refused, match="You requested A-1 yourself: someone else has to decide it"):
        scored.press("approval.approve", "U0ANA", key=asked)

    assert state(scored) == "proposed"


def test_an_approval_counts_from_the_next_scoring_on_and_the_models_grade_stays_visible(approved):
    shown = text_of(approved.ask("show NOVA").blocks)

    assert grades(approved) == (Grade.HIGH, Grade.MEDIUM)
    assert shown.startswith("Nova Power · ●●●○ high")
    assert "Grade  ●●●○ high by O-1 until 31 Mar 2027; the model says ●●○○ medium: no scorecard input known" in shown
    assert "pending approval" not in shown


def test_a_grade_that_a_person_moved_is_an_event_that_names_the_override(approved):
    why = {"driver": "override", "value": None, "reference": "O-1"}

    (facts,) = events(approved, "score.changed")
    assert {name: facts[name] for name in ("customer", "from", "to", "why")} == {
        "customer": "NOVA",
        "from": "medium",
        "to": "high",
        "why": why,
    }


def test_the_whole_score_names_the_override_and_who_proposed_it(approved):
    with approved.database.begin(EVERYTHING) as tx:
        said = "\n".join(explain(tx, approved.policy, "NOVA", sources=True))
    view = text_of(approved.ask("show NOVA view=score").blocks)

    assert "●●●○ high by O-1 until 31 Mar 2027; the model says ●●○○ medium" in said
    assert "medium → high, U0ANA" in said
    assert view.startswith("Nova Power · ●●●○ high")
    assert "●●●○ high by O-1 until 31 Mar 2027; the model says ●●○○ medium" in view


@pytest.mark.parametrize(("action", "settled"), [("approval.reject", "rejected"), ("approval.return", "returned")])
def test_what_was_not_approved_does_not_count(scored, asked, action, settled):
    scored.press(action, key=asked, reason="show me the letter", at=LATER)
    run(scored, LATER)
    told = [(delivery.notice, message) for delivery, message in scored.told()]

    assert (state(scored), grades(scored)) == (settled, (Grade.MEDIUM, Grade.MEDIUM))
    assert ["“show me the letter”" in text_of(message.blocks) for _name, message in told] == [True, True]
    assert "No override is in force" in scored.refusal('override NOVA model "there is none"')


def test_what_was_returned_is_proposed_anew_with_the_same_command(scored, asked):
    scored.press("approval.return", key=asked, reason="until when?", at=LATER)
    outcome = next(message for delivery, message in scored.told() if delivery.notice == "approval.outcome")

    assert "/risk override" in text_of(outcome.blocks)
    assert scored.ask(PROPOSE).text.startswith("O-2 is proposed")


def test_a_decision_is_shown_with_what_it_was_about(scored, asked):
    scored.press("approval.approve", key=asked, at=LATER)
    (request, rewritten), (outcome, told) = scored.told()

    assert (request.operation, outcome.audience) == ("update", "person:U0ANA")
    assert text_of(rewritten.blocks[1:]).startswith("A-1 · ✅ approved")
    assert "●●○○ medium → ●●●○ high" in text_of(rewritten.blocks)
    assert "●●○○ medium → ●●●○ high" in text_of(told.blocks)


# --- end ---------------------------------------------------------------------------------------------------------------


def test_whoever_ends_it_needs_no_approval_and_the_next_scoring_gives_the_models_grade(approved):
    said = approved.ask('override NOVA model "the sponsor pays again"', "U0MEI", at=MONDAY + DAY)
    run(approved, MONDAY + DAY)
    shown = text_of(approved.ask("show NOVA").blocks)

    assert said.text == "O-1 has ended; the model's grade applies to Nova Power again: ●●○○ medium."
    assert (state(approved), grades(approved)) == ("ended", (Grade.MEDIUM, Grade.MEDIUM))
    assert "Grade  ●●○○ medium: no scorecard input known" in shown


def test_the_end_is_told_where_it_was_approved_and_to_whoever_had_proposed_it(approved):
    approved.told()
    approved.ask('override NOVA model "the sponsor pays again"', "U0MEI", at=MONDAY + DAY)
    told = [(delivery.audience, message) for delivery, message in approved.told() if delivery.notice == "override.ended"]

    assert [audience for audience, _message in told] == ["route:approvals", "person:U0ANA"]
    assert {message.text for _audience, message in told} == {"<@U0MEI> has ended O-1: the model's grade applies to Nova Power again."}
    assert "“the sponsor pays again”" in text_of(told[0][1].blocks)


def test_whoever_ends_their_own_is_not_told_of_it(approved):
    approved.told()
    approved.ask('override NOVA model "the sponsor pays again"', at=MONDAY + DAY)

    assert [delivery.audience for delivery, _message in approved.told()] == ["route:approvals"]


def test_after_its_last_day_it_ends_by_itself(approved):
    on_its_day = MONDAY.replace(year=2027, month=3, day=31)
    run(approved, on_its_day)
    still = grades(approved)
    run(approved, on_its_day + DAY)

    assert (still, grades(approved)) == ((Grade.HIGH, Grade.MEDIUM), (Grade.MEDIUM, Grade.MEDIUM))
    assert "No override is in force" in approved.refusal('override NOVA model "it is over already"', at=on_its_day + DAY)


def test_an_older_answer_shows_the_grade_that_counted_then(approved):
    then = text_of(approved.ask("show NOVA", as_of=MONDAY + timedelta(minutes=30)).blocks)

    assert "Grade  ●●○○ medium: no scorecard input known" in then


def test_the_form_says_what_the_model_says_and_what_is_in_force(approved, asks):
    with approved.database.begin(EVERYTHING) as tx:
        said = COMMAND.ready({"customer": "NOVA"}, asks("U0ANA"), tx)

    assert said == "Nova Power: the model says ●●○○ medium · O-1 makes it ●●●○ high until 31 Mar 2027"


def test_the_status_counts_those_in_force(approved):
    before, after = (text_of(approved.ask("status", at=MONDAY + days).blocks) for days in (DAY, 200 * DAY))

    assert "Overrides in force  1" in before
    assert "Overrides in force  0" in after


def test_help_lists_it(scored):
    assert "/risk override" in text_of(scored.ask("help").blocks)
    assert 'override VK-01 medium "the parent has paid in new equity" until=2027-03-31' in text_of(scored.ask("help override").blocks)


@pytest.mark.parametrize("line", ["list grade=high", "top 5 by=grade", "default NOVA", "show NOVA"])
def test_every_screen_with_the_grade_names_the_override_and_the_models_grade(approved, line):
    approved.load("ratings", "customer,rating,as_of,agency\nNOVA,BB,2026-11-20,internal\n", at=LATER)
    approved.load(
        "facilities", "id,customer,kind,currency,limit,outstanding,days_past_due\nN-1,NOVA,term_loan,EUR,100000,80000,0\n", at=LATER
    )
    run(approved, LATER + timedelta(minutes=1))

    assert "●●●○ high by O-1 (model: low)" in text_of(approved.ask(line, at=LATER + timedelta(minutes=2)).blocks)


@pytest.mark.parametrize(("command", "line"), [("list", "list"), ("top", "top 5 by=grade")])
def test_exports_have_the_override_its_last_day_and_the_models_grade(approved, command, line):
    asked = inline.read(registry(), line)
    with approved.database.begin(EVERYTHING) as tx:
        sheet = asked.command.sheet(asked.checked(), approved._request("U0ANA", at=LATER), tx)
    row = next(dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows if "NOVA" in row)

    assert (row["grade"], row["model_grade"], row["override"], row["override_until"]) == ("high", "medium", "O-1", date(2027, 3, 31))


def test_overrides_are_listed_with_both_grades_their_end_and_their_reason(approved):
    said = text_of(approved.ask("list overrides", at=LATER).blocks)

    assert said.startswith("1 override")
    for part in ("O-1", "Nova Power", "●●○○ medium → ●●●○ high", "31 Mar 2027", "the sponsor has stopped paying in equity"):
        assert part in said


def test_an_expired_override_is_closed_in_the_list(approved):
    later = LATER + 200 * DAY

    assert approved.ask("list overrides", at=later).text == "No override is in force or pending."
    assert "expired" in text_of(approved.ask("list overrides state=closed", at=later).blocks)
