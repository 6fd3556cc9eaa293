"""From a risk to a response to a decision, and what each of them is told, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from commands.kit.contract import Refused
from commands.kit.registry import registry
from risk_engine.references import ResponseId
from storage import events
from storage.approvals import approvals
from storage.register import responses
from storage.rows import written
from storage.schema import ApprovalRow
from storage.sight import EVERYTHING
from tests.commands.conftest import DECIDES, buttons_of, text_of
from tests.conftest import MONDAY

LOG = 'log ACME credit L4 S5 X2 "lost its main buyer"'
RESPOND = 'respond R-1 reduce "assign the receivables to us" due=2027-03-31'
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def asked(book):
    """The key of an approval that ana asked for."""
    return asked_by_ana(book)


def asked_by_ana(book) -> str:
    book.ask(LOG)
    book.ask(RESPOND)
    ((_delivery, message),) = book.told()
    return buttons_of(message.blocks)["approval.approve"]


def state(book) -> str:
    with book.database.begin(EVERYTHING) as tx:
        return responses.get(tx, ResponseId(1)).state.value


def test_a_logged_risk_shows_its_level_its_assessment_and_a_button(book):
    reply = book.ask(LOG)
    screen = text_of(reply.blocks)

    assert reply.text == "R-1 is recorded in the register: ●●●● critical, Acme Steel."
    assert "likelihood 4 (likely), severity 5 (severe), scope 2 (one customer)" in screen
    assert "Owner  @U0ANA" in screen
    assert list(buttons_of(reply.blocks)) == ["risk.respond", "risk.assess", "risk.retain", "risk.close", "risk.undo"]
    assert buttons_of(reply.blocks)["risk.respond"] == "1"


def test_a_risk_of_nobody_is_not_logged(one_book):
    with pytest.raises(Refused):
        one_book.ask('log QQQQQQ credit L4 S5 X2 "lost its main buyer"')

    with one_book.database.begin(EVERYTHING) as tx:
        assert "risk.logged" not in events.kinds(tx)


def test_a_response_asks_for_an_approval_with_everything_that_it_takes_to_decide(book):
    book.ask(LOG)
    reply = book.ask(RESPOND)
    ((delivery, message),) = book.told()
    screen = text_of(message.blocks)

    assert reply.text == "T-1 to R-1 is proposed, due 31 Mar 2027; A-1 is with the approvers."
    assert (delivery.audience, delivery.operation) == ("route:approvals", "post")
    assert message.text == "A-1: <@U0ANA> requests approval of T-1 for Acme Steel: assign the receivables to us"
    assert "Customer  Acme Steel (ACME)" in screen
    assert "Risk  R-1 · ●●●● critical · lost its main buyer" in screen
    assert "Response  T-1 · reduce · assign the receivables to us" in screen
    assert "Due  31 Mar 2027" in screen
    assert set(buttons_of(message.blocks)) == DECIDES


def test_without_a_date_the_policys_term_counts(one_book):
    one_book.ask(LOG)

    assert "due 21 Feb 2027" in one_book.ask("respond R-1 avoid sell the exposure").text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("respond R-9 reduce sell the plant", "There is no R-9. `/risk show CUSTOMER` lists a customer's risks."),
        ("respond R-1 take_more sell the plant", "R-1 is a threat, which cannot be increased. Choose another strategy."),
        ("respond R-1 avoid sell the plant due=2026-11-22", "22 Nov 2026 is in the past: the due date must be 23 Nov 2026 or later."),
    ],
)
def test_a_response_that_cannot_be_is_refused_and_leaves_no_trace(one_book, line, said):
    one_book.ask(LOG)

    assert one_book.refusal(line) == said
    with one_book.database.begin(EVERYTHING) as tx:
        assert "response.proposed" not in events.kinds(tx)


@pytest.mark.parametrize(
    ("action", "values", "sign", "settled"),
    [
        ("approval.approve", {}, "✅ approved", "approved"),
        ("approval.reject", {"reason": "too dear"}, "⛔ rejected", "rejected"),
        ("approval.return", {"reason": "how much?"}, "↩️ returned for information", "returned"),
    ],
)
def test_a_decision_rewrites_the_request_and_tells_the_maker(book, asked, action, values, sign, settled):
    book.press(action, key=asked, at=LATER, **values)
    (request, rewritten), (outcome, told) = book.told()
    screen = text_of(rewritten.blocks)

    assert state(book) == settled
    assert (request.operation, outcome.audience) == ("update", "person:U0ANA")
    assert text_of(rewritten.blocks[1:]).startswith(f"A-1 · {sign}")
    assert "by @U0OMAR · 23 Nov 2026 10:00" in screen
    assert buttons_of(rewritten.blocks) == {}
    assert all(f"“{reason}”" in text_of(message.blocks) for reason in values.values() for message in (rewritten, told))


@pytest.mark.parametrize("action", ["approval.approve", "approval.reject", "approval.return"])
def test_the_maker_cannot_decide(book, asked, action):
    reason = {} if action == "approval.approve" else {"reason": "because"}

    with pytest.raises(Refused, match="You requested A-1 yourself: someone else has to decide it"):
        book.press(action, "U0ANA", key=asked, **reason)

    assert (state(book), book.told()) == ("proposed", [])


def test_a_press_after_the_decision_is_told_who_decided_and_changes_nothing(book, asked):
    book.press("approval.approve", key=asked, at=LATER)
    book.told()

    with pytest.raises(Refused) as refused:
        book.press("approval.reject", "U0MEI", key=asked, reason="too late", at=LATER)

    assert str(refused.value.sentence).startswith("A-1 was already approved by ")
    assert "23 Nov 2026 10:00. Nothing was changed." in str(refused.value.sentence)
    assert (state(book), book.told()) == ("approved", [])


@pytest.mark.parametrize("action", ["approval.reject", "approval.return"])
def test_somebody_who_cannot_decide_is_told_before_a_form_opens(one_book, asks, action):
    one_book.ask(LOG)
    one_book.ask(RESPOND)
    key = buttons_of(one_book.told()[0][1].blocks)[action]

    with one_book.database.begin(EVERYTHING) as tx, pytest.raises(Exception, match="U0ANA") as refused:
        registry().actions[action].ready({"key": key}, asks("U0ANA"), tx)

    assert type(refused.value).__name__ == "MakerCannotDecide"


def test_a_button_of_nothing_is_answered(one_book):
    with pytest.raises(Refused, match="no longer exists"):
        one_book.press("approval.approve", key="0" * 32)


def test_what_waits_is_listed_with_buttons_for_everybody_but_its_maker(book, asked):
    mine, theirs = book.ask("approvals"), book.ask("approvals", "U0OMAR")

    assert mine.text == theirs.text == "1 approval pending: A-1"
    assert (set(buttons_of(mine.blocks)), set(buttons_of(theirs.blocks))) == ({"approval.withdraw"}, DECIDES)
    assert "requested by @U0ANA" in text_of(theirs.blocks)


def test_when_nothing_waits_that_is_said(one_book):
    assert one_book.ask("approvals").text == "No approval is pending. `/risk respond R-17` requests one."


def test_a_breach_is_answered_once_with_a_risk_and_a_response(book):
    book.observe("ACME,dscr,2026-09-30,1.00")
    key = buttons_of(book.told()[0][1].blocks)["breach.respond"]
    answer = {"key": key, "strategy": "reduce", "measure": "call the sponsor", "likelihood": 4, "severity": 4}

    reply = book.press("breach.respond", **answer)

    assert reply.text.startswith("B-1 is acknowledged and in the register as R-1. T-1 to R-1 is proposed")
    assert "R-1  ●●●○ high  Debt service cover 1.00× (limit 1.05×) · 30 Sept 2026" in text_of(book.ask("show ACME").blocks)
    with pytest.raises(Refused, match="B-1 already has R-1"):
        book.press("breach.respond", "U0MEI", **answer)


def test_everything_in_order_is_said_and_what_waits_is_named(book):
    with book.database.begin(EVERYTHING) as tx:
        assert approvals.waiting(tx, limit=1) == (0, [])

    assert book.ask("status").text == "Everything is in order"
    assert "Customers  5" in text_of(book.ask("status").blocks)


def test_whoever_is_made_the_owner_by_somebody_else_is_told_directly(one_book):
    one_book.ask('log ACME credit L4 S3 X2 "lost its main buyer" owner=<@U0MEI>')
    one_book.ask('log ACME market L1 S1 X1 "a small thing"')

    told = [(delivery.audience, message.text) for delivery, message in one_book.told() if delivery.notice == "risk.assigned"]

    assert told == [("person:U0MEI", "<@U0ANA> made you the owner of R-1: Acme Steel.")]


def test_the_owner_of_a_response_is_told_what_is_to_be_done_by_when(one_book):
    one_book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    one_book.ask('respond R-1 reduce "assign the receivables" due=2027-03-31 owner=<@U0MEI>')
    one_book.ask('respond R-1 avoid "stop the drawdowns"')

    told = [(delivery.audience, message) for delivery, message in one_book.told() if delivery.notice == "response.assigned"]

    assert [(who, message.text) for who, message in told] == [
        ("person:U0MEI", "<@U0ANA> made you the owner of T-1, due 31 Mar 2027: Acme Steel.")
    ]
    assert "Measure  reduce  assign the receivables" in text_of(told[0][1].blocks)
    assert "Risk  R-1 · ●●○○ medium · lost its main buyer" in text_of(told[0][1].blocks)


# --- on what was seen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "values"), [("approval.approve", {}), ("approval.condition", {"text": "file the deed first"})])
def test_a_yes_that_does_not_say_what_was_seen_is_refused_and_shown_anew(one_book, action, values):
    key = asked_by_ana(one_book)
    bare, forged = key.partition(".")[0], f"{key.partition('.')[0]}.{'0' * 12}"
    replies = [one_book.press(action, "U0OMAR", key=one, at=MONDAY, **values) for one in (bare, forged)]

    assert "does not carry the facts of A-1 that you saw, so nothing was decided" in replies[0].text
    assert "nothing was decided: please review them again" in replies[1].text
    assert "A-1" in one_book.ask("approvals", "U0OMAR").text
    assert one_book.press("approval.approve", "U0OMAR", key=buttons_of(replies[0].blocks)["approval.approve"]).text.startswith(
        "A-1 is approved"
    )


@pytest.mark.parametrize("column", ["title", "subject_id", "maker"])
def test_a_request_that_was_rewritten_behind_the_button_is_not_approved_by_it(one_book, column):
    key = asked_by_ana(one_book)
    one_book.ask('log NOVA credit L1 S1 X1 "a smaller thing"')
    one_book.ask('respond R-2 reduce "something smaller"')
    value = {"title": "write the loan off", "subject_id": 2, "maker": "U0MEI"}[column]
    with one_book.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(ApprovalRow).where(ApprovalRow.id == 1).values({column: value}))
        # as the product itself would: else the trail contradicts the row, and it is refused for that
        written(tx, ApprovalRow, 1)

    assert "nothing was decided" in one_book.press("approval.approve", "U0OMAR", key=key).text
