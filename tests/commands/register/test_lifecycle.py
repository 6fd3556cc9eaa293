"""From a logged risk to a control proved effective: what people type, what they are told, and what is refused, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commands.register import daily_round
from risk_engine.references import ControlId, ResponseId, RiskId
from storage import events
from storage.register import controls, responses, risks
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import MONDAY

LOG = 'log ACME credit L4 S5 X2 "lost its main buyer"'
RESPOND = 'respond R-1 reduce "assign the receivables to us" due=2026-12-31 on_likelihood=70 on_severity=50'
LATER = MONDAY + timedelta(days=1)


def approve(book: Book, *users: str) -> None:
    asked = [buttons_of(message.blocks) for _delivery, message in book.told() if message is not None]
    key = [buttons["approval.approve"] for buttons in asked if "approval.approve" in buttons][-1]
    for user in users or ("U0OMAR",):
        book.press("approval.approve", user, key=key)


@pytest.fixture
def approved(book: Book) -> Book:
    """A book with a risk and an approved response."""
    book.ask(LOG)
    book.ask(RESPOND)
    approve(book)
    return book


def risk(book: Book, number: int = 1):
    with book.database.begin(EVERYTHING) as tx:
        return risks.get(tx, RiskId(number))


def response(book: Book):
    with book.database.begin(EVERYTHING) as tx:
        return responses.get(tx, ResponseId(1))


def control(book: Book):
    with book.database.begin(EVERYTHING) as tx:
        return controls.get(tx, ControlId(1))


def go_round(book: Book, day: date) -> None:
    """Make the daily round of a day."""
    with book.database.begin(EVERYTHING, write=True) as tx:
        daily_round.run(daily_round.JOB, day, MONDAY + (day - MONDAY.date()), book.policy, tx)


# --- assessing -----------------------------------------------------------------------------------------------------------


def test_one_view_is_an_opinion_and_two_that_agree_are_an_assessment(book: Book):
    book.ask(LOG)
    first = book.ask('assess R-1 L3 S4 X2 "two buyers remain"')
    second = book.ask('assess R-1 L3 S3 X2 "the orders are insured"', user="U0MEI")

    assert first.text == "R-1 is ●●○○ medium by your view: Acme Steel. Another person's view makes it an assessment."
    assert second.text.startswith("R-1 is assessed as ●●○○ medium by 2 people")
    assert (risk(book).state, risk(book).inherent.severity) == ("assessed", 4)


def test_views_that_differ_wait_for_a_facilitator(book: Book):
    book.ask(LOG)
    book.ask('assess R-1 L5 S5 X2 "the bank has cut its lines"')
    apart = book.ask('assess R-1 L2 S3 X2 "a new buyer has signed"', user="U0MEI")
    before = risk(book).state
    decided = book.ask('assess R-1 L4 S4 X2 "agreed in the meeting" kind=decision', user="U0OMAR")

    assert "differ by 3 steps" in apart.text
    assert before == "identified"
    assert "by decision" in decided.text
    assert (risk(book).state, risk(book).assessed) == ("assessed", True)


def test_nothing_is_decided_where_nobody_differs(book: Book):
    book.ask(LOG)

    assert "there is nothing to decide" in book.refusal('assess R-1 L4 S4 X2 "as I see it" kind=decision')


# --- a response is carried out --------------------------------------------------------------------------------------------


def test_an_approved_response_makes_its_risk_a_treated_one(approved: Book):
    assert risk(approved).state == "treated"
    assert list(buttons_of(approved.ask("T-1").blocks)) == ["response.progress", "response.done", "response.extend", "response.cancel"]


def test_residual_risk_falls_only_when_somebody_else_has_tested_the_measure(approved: Book):
    approved.ask('progress T-1 60 "the deed is signed"')
    done = approved.ask('done T-1 "the receivables are assigned" leaves=control')
    untested = risk(approved).standing.residual_level
    own = approved.refusal('test C-1 effective "I have looked at it"')
    approved.ask('test C-1 effective "the deed is in the file" of=design', user="U0MEI")
    early = approved.refusal('test C-1 effective "ten of ten invoices" of=operation', user="U0MEI")
    approved.ask("operate C-1")
    tested = approved.ask('test C-1 effective "ten of ten invoices"', user="U0MEI")

    assert "C-1 stands for it" in done.text
    assert untested == risk(approved).level
    assert own == "You own C-1. Somebody else must test it."
    assert "not in operation yet" in early
    assert "residual risk R-1" in tested.text
    assert risk(approved).standing.residual_level < risk(approved).level
    card = text_of(approved.ask("R-1").blocks)
    assert "Inherent" in card
    assert "Residual" in card


def test_a_one_off_measure_is_verified_once(approved: Book):
    approved.ask('done T-1 "the loan was repaid in part"')
    approved.ask('test C-1 effective "booked on 20 November"', user="U0MEI")

    assert (control(approved).state, control(approved).next_test) == ("tested", None)
    assert risk(approved).standing.residual_level < risk(approved).level


def test_an_ineffective_test_takes_the_effect_away(approved: Book):
    approved.ask('done T-1 "the receivables are assigned"')
    approved.ask('test C-1 effective "the deed is in the file"', user="U0MEI")
    approved.ask('test C-1 ineffective "the assignment was revoked"', user="U0MEI")

    assert risk(approved).standing.residual_level == risk(approved).level


def test_progress_is_undone_within_a_minute(approved: Book):
    key = buttons_of(approved.ask("progress T-1 60").blocks)["response.unprogress"]
    said = approved.press("response.unprogress", "U0ANA", key=key, at=MONDAY + timedelta(seconds=30))

    assert said.text == "T-1 is 0% done, as before."
    assert response(approved).progress == 0


def test_an_overdue_response_is_extended_by_the_approvers(approved: Book):
    late = MONDAY + timedelta(days=60)
    in_time = approved.ask('extend T-1 2027-01-10 "the notary is ill"')
    after = approved.ask('extend T-1 2027-03-31 "the notary is still ill"', at=late)

    assert in_time.text == "T-1 is due 10 Jan 2027."
    assert "was overdue" in after.text
    assert response(approved).state == "proposed"


def test_what_a_state_does_not_allow_is_answered_with_what_it_does(approved: Book):
    approved.ask('done T-1 "the receivables are assigned"')
    refused = approved.refusal('cancel T-1 "no longer needed"')
    book = approved.refusal('close R-1 "it is over"') if response(approved).under_way else approved.ask('close R-1 "it is over"').text
    closed = approved.refusal('assess R-1 L1 S1 X1 "all is well"')

    assert "T-1 is done, by <@U0ANA>" in refused
    assert "R-1 is closed" in book
    assert "Possible now: `/risk reopen R-1`" in closed


def test_only_a_response_that_is_done_has_a_tick_in_the_list(approved: Book):
    before = text_of(approved.ask("list responses").blocks)
    approved.ask("progress T-1 10")
    moving = text_of(approved.ask("list responses").blocks)
    approved.ask('done T-1 "the receivables are assigned"')
    after = text_of(approved.ask("list responses state=all").blocks)

    assert "▷ T-1" in before
    assert "▶ T-1" in moving
    assert "✅ T-1" in after


def test_every_end_of_a_response_and_of_a_request_has_its_sign(book: Book):
    book.ask(LOG)
    book.ask(RESPOND)
    asked = [buttons_of(message.blocks) for _delivery, message in book.told() if message is not None]
    book.press(
        "approval.withdraw", "U0ANA", key=next(each["approval.approve"] for each in asked if "approval.approve" in each).partition(".")[0]
    )

    assert "🗑 T-1" in text_of(book.ask("list responses state=all").blocks)
    assert "🗑 A-1" in text_of(book.ask("list approvals state=all").blocks)


# --- ends ----------------------------------------------------------------------------------------------------------------


def test_a_risk_with_an_unfinished_response_is_not_closed(approved: Book):
    assert approved.refusal('close R-1 "it is over"') == "R-1 has unfinished responses: T-1. Finish or cancel them first."


def test_a_closed_risk_is_opened_again_by_undo_or_with_a_reason(book: Book):
    book.ask(LOG)
    closed = book.ask('close R-1 "the loan was repaid"')
    book.press("risk.unclose", "U0ANA", key=buttons_of(closed.blocks)["risk.unclose"], at=MONDAY + timedelta(seconds=5))
    again = risk(book).open
    book.ask('close R-1 "the loan was repaid"')
    book.ask('reopen R-1 "it was another loan"')

    assert again
    assert (risk(book).state, risk(book).reassess_by) == ("identified", MONDAY.date())


def test_a_retention_ends_by_itself_and_its_owner_is_told(book: Book):
    book.ask(LOG)
    book.ask('retain R-1 until=2026-12-31 "the margin pays for it"')
    # the exposure is unknown without a rate: two people take the responsibility
    approve(book, "U0OMAR", "U0MEI")
    retained = risk(book)
    go_round(book, date(2026, 12, 31))
    kept = risk(book).state
    book.told()
    go_round(book, date(2027, 1, 1))
    ((delivery, message),) = book.told()

    assert (retained.state, retained.retained_until, kept) == ("retained", date(2026, 12, 31), "retained")
    assert (risk(book).state, response(book).state) == ("identified", "done")
    assert delivery.notice == "risk.review"
    assert "The retention of R-1 has ended" in message.text


# --- the daily round --------------------------------------------------------------------------------------------------------


def test_the_owner_of_an_overdue_response_is_reminded_once_for_each_day_of_the_policy(approved: Book):
    approved.told()
    go_round(approved, date(2027, 1, 2))
    first = [message.text for _delivery, message in approved.told()]
    go_round(approved, date(2027, 1, 3))
    second = approved.told()
    go_round(approved, date(2027, 1, 9))
    third = [message.text for _delivery, message in approved.told()]

    assert first == ["T-1 is 2 days overdue: report progress, extend it, or finish it. Acme Steel"]
    assert not second
    assert "9 days overdue" in third[0]


def test_a_control_that_is_not_tested_again_no_longer_counts(approved: Book):
    approved.ask('done T-1 "the receivables are assigned" leaves=control')
    approved.ask('test C-1 effective "the deed is in the file" of=design', user="U0MEI")
    approved.ask("operate C-1")
    approved.ask('test C-1 effective "ten of ten invoices"', user="U0MEI")
    last = control(approved).next_test + timedelta(days=approved.policy.risks.controls.grace_days)
    go_round(approved, last)
    counted = risk(approved).standing.residual_level
    go_round(approved, last + timedelta(days=1))

    assert counted < risk(approved).level
    assert risk(approved).standing.residual_level == risk(approved).level


def test_changed_facts_send_an_approved_response_back_with_its_progress(book: Book):
    approved = book
    book.load("rates", "currency,base,as_of,rate\nUSD,EUR,2026-11-20,0.9\n")
    book.ask(LOG)
    book.ask(RESPOND)
    approve(book)
    approved.ask("progress T-1 60")
    approved.load(
        "facilities",
        "id,customer,kind,currency,limit,outstanding\nF9,ACME,term_loan,EUR,9000000,9000000\n",
        at=LATER,
    )
    approved.told()
    go_round(approved, LATER.date())
    told = {delivery.notice: message for delivery, message in approved.told()}

    assert (response(approved).state, response(approved).progress) == ("proposed", 60)
    assert "T-1 went back to the approvers" in told["response.attention"].text
    with approved.database.begin(EVERYTHING) as tx:
        assert events.kinds(tx)[-2:] == ["response.sent_back", "approval.requested"]


# --- the matrix ------------------------------------------------------------------------------------------------------------


def test_the_matrix_counts_open_risks_and_each_cell_opens_its_list(approved: Book):
    approved.ask('log NOVA market L2 S2 X2 "prices fall"')
    approved.ask('log NOVA market L2 S2 X2 "a new tender" kind=opportunity')
    whole = approved.ask("matrix")
    cell = approved.ask("matrix L2 S2")

    assert whole.text == "2 open risks: 1 ●●●● critical"
    assert "5 severe" in text_of(whole.blocks)
    assert [str(label) for label, _args in whole.pages[:2]] == ["L4 S5 · 1", "L2 S2 · 1"]
    assert "prices fall" in text_of(cell.blocks)
    assert "a new tender" not in text_of(cell.blocks)
    assert approved.ask("matrix kind=opportunity").text.startswith("1 open opportunity")


def test_the_residual_matrix_moves_with_a_tested_measure_and_the_inherent_one_stays(approved: Book):
    approved.ask('done T-1 "the receivables are assigned"')
    approved.ask('test C-1 effective "the deed is in the file"', user="U0MEI")

    assert "L4 S5 · 1" in [str(label) for label, _args in approved.ask("matrix inherent").pages]
    assert "L2 S3 · 1" in [str(label) for label, _args in approved.ask("matrix").pages]


def test_a_cell_with_risks_of_several_scopes_counts_each_level_by_itself(book: Book):
    book.ask('log ACME credit L4 S3 X2 "one customer"')
    book.ask('log ACME credit L4 S3 X5 "the whole book"')
    book.ask('log ACME credit L4 S3 X2 "one customer again"')

    assert book.ask("matrix").text.startswith("3 open risks: 1 ")


def test_an_empty_matrix_says_so_and_offers_the_other_kind(book: Book):
    empty = book.ask("matrix")

    assert empty.text == "No open risk of this kind is in the register."
    assert "Opportunities" in [str(label) for label, _args in empty.pages]
