"""Judgements about default: proposed, decided by somebody else, counted by scoring, and ended by another approval."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commands.classification.judging import COMMAND
from commands.kit.contract import Refused
from commands.kit.input import inline
from commands.kit.registry import registry
from commands.scoring.explaining import explain
from risk_engine.references import JudgementId
from storage import events as log
from storage.classification import judgements
from storage.scoring import score_facts, scores
from storage.scoring.lineage import lineage
from storage.sight import EVERYTHING
from tests.commands.conftest import DECIDES, buttons_of, lend, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

DAY = timedelta(days=1)
LATER = MONDAY + timedelta(hours=1)
PROPOSE = 'default NOVA unlikely "the parent has withdrawn its support"'
REBUT = 'default NOVA rebut until=2027-01-31 "paid on Friday, booked on Monday"'
LEDGER = "id,customer,kind,currency,limit,outstanding,days_past_due,as_of\nN-1,NOVA,term_loan,EUR,100,80,0,2026-11-20\n"
VOID = 'default NOVA void "the ledger of 3 May was wrong"'
END = 'default NOVA end "the parent supports it again"'


def score(database):
    book = lend(database)
    book.load("facilities", LEDGER)
    run(book)
    book.told()


@pytest.fixture
def stock(request, stock):
    return score if "scored" in request.fixturenames else stock


@pytest.fixture
def scored(book):
    """A book in which Nova Power is scored."""
    return book


def asked(book, line=PROPOSE, user="U0ANA", at=MONDAY) -> str:
    """Propose; return the key of the approval's buttons."""
    book.ask(line, user, at=at)
    message = next(message for delivery, message in book.told() if delivery.notice == "approval.request")
    return buttons_of(message.blocks)["approval.approve"]


def approve(book, line=PROPOSE, at=LATER):
    book.press("approval.approve", key=asked(book, line, at=at), at=at)
    book.told()


def state(book, number=1) -> str:
    with book.database.begin(EVERYTHING) as tx:
        return judgements.get(tx, JudgementId(number)).state.value


def read(book, on: date) -> list[tuple[str, str]]:
    """What scoring reads on a day: kind and last day."""
    with book.database.begin(EVERYTHING) as tx:
        found = score_facts.read(tx, book.policy, score_facts.everybody(tx), as_of=on).judgements
    return [(str(kind), str(until)) for kind, until in zip(found.kinds.texts(), found.until, strict=True)]


# --- propose -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (PROPOSE, "unlikely to pay since 23 Nov 2026"),
        ('default NOVA unlikely since=2026-08-01 "the parent has withdrawn"', "unlikely to pay since 1 Aug 2026"),
        ("default Nova Power unlikely the parent has withdrawn its support", "unlikely to pay since 23 Nov 2026"),
        ('default NOVA utp "the parent has withdrawn its support"', "unlikely to pay since 23 Nov 2026"),
        (REBUT, "rebuttal of the 90-day presumption until 31 Jan 2027"),
    ],
)
def test_a_proposal_says_what_is_judged_and_who_decides(scored, line, what):
    reply = scored.ask(line)

    assert reply.text == f"J-1 is proposed: Nova Power, {what}; A-1 is with the approvers."
    assert f"Judgement  J-1 · {what}" in text_of(reply.blocks)


def test_the_request_for_approval_shows_the_present_state_and_the_consequence(scored):
    scored.ask(PROPOSE)
    ((delivery, message),) = scored.told()
    screen = text_of(message.blocks)

    assert (delivery.notice, delivery.audience) == ("approval.request", "route:approvals")
    assert message.text == "A-1: <@U0ANA> requests approval of J-1 for Nova Power: the parent has withdrawn its support"
    for part in (
        "Customer  Nova Power (NOVA)",
        "J-1 · unlikely to pay since 23 Nov 2026",
        "Grade  ●○○○ low",
        "Stage and category  stage 1 · pass",
        "If approved  In default until an approved end and the probation: stage 3, PD of 1, category substandard or worse",
        "Why  the parent has withdrawn its support",
    ):
        assert part in screen
    assert set(buttons_of(message.blocks)) == DECIDES


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'default NOVA unlikely since=2026-11-24 "the parent will withdraw"',
            "A judgement holds from 23 Nov 2026 or an earlier day, not from 24 Nov 2026.",
        ),
        (
            'default NOVA unlikely until=2026-12-24 "the parent has withdrawn"',
            "“until” does not apply to this kind of judgement (unlikely to pay): leave it out.",
        ),
        (
            'default NOVA void since=2026-05-03 "the ledger was wrong"',
            "“since” does not apply to this kind of judgement (default entered by mistake): leave it out.",
        ),
        (
            'default NOVA rebut "paid on Friday, booked on Monday"',
            "A rebuttal expires: give its last day, between 23 Nov 2026 and 21 Feb 2027, as `until=2027-02-21`.",
        ),
        (
            'default NOVA rebut until=2027-02-22 "paid on Friday, booked on Monday"',
            "A rebuttal ends between 23 Nov 2026 and 21 Feb 2027, not on 22 Feb 2027.",
        ),
        (
            'default NOVA rebut until=2026-11-22 "paid on Friday, booked on Monday"',
            "A rebuttal ends between 23 Nov 2026 and 21 Feb 2027, not on 22 Nov 2026.",
        ),
        ('default NOVA unlikely ends=J-4 "the parent has withdrawn"', "“ends” is for “end” only: leave it out, or propose the end of J-4."),
        (
            'default NOVA void "the ledger of 3 May was wrong"',
            "Nova Power is not in default, so there is no default to withdraw as a mistake.",
        ),
        (END, "No judgement is in force for Nova Power."),
        (f"{END} since=2026-11-01", "“since” does not apply to this kind of judgement (end of a judgement): leave it out."),
        (
            'default NOVA unlikely "too short"',
            "Why “too short” is not accepted: expected text of 10 to 1000 characters.",
        ),
        (
            'default NOVA unliky "the parent has withdrawn its support"',
            "Judgement “unliky” is not accepted: expected one of unlikely, rebut, void, end. Did you mean `unlikely`?",
        ),
    ],
)
def test_a_bad_judgement_is_refused_in_words_and_leaves_no_trace(scored, line, said):
    assert scored.refusal(line) == said
    with scored.database.begin(EVERYTHING) as tx:
        assert "judgement.proposed" not in log.kinds(tx)


def test_a_default_is_withdrawn_as_a_mistake_once_that_is_approved(scored):
    approve(scored)
    run(scored, LATER)
    key = asked(scored, VOID, at=LATER)
    scored.press("approval.approve", "U0MEI", key=key, at=LATER)

    assert read(scored, MONDAY.date()) == [("unlikely_to_pay", "NaT"), ("void", "NaT")]


def test_a_default_that_has_ended_meanwhile_is_not_withdrawn(scored):
    scored.load("outcomes", "customer,event,as_of\nNOVA,default,2025-01-07\n")
    run(scored, LATER)
    key = asked(scored, VOID, at=LATER)
    scored.load("outcomes", "customer,event,as_of\nNOVA,cure,2025-03-07\n", at=LATER)
    run(scored, LATER + DAY)

    with pytest.raises(Refused, match="Nova Power is not in default"):
        scored.press("approval.approve", key=key, at=LATER + DAY)


def test_a_second_proposal_of_a_kind_waits_for_the_first_and_another_kind_does_not(scored):
    scored.ask(PROPOSE)

    assert scored.refusal(PROPOSE, "U0MEI") == "J-1 for Nova Power is already pending."
    assert scored.ask(REBUT, "U0MEI").text.startswith("J-2 is proposed")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("default VK-01", "default"),
        ("default Vltava Kov a.s.", "default"),
        ('default "The Void Ltd"', "default"),
        ("default VK-01 end", "default propose"),
        ("default VK-01 Rebut", "default propose"),
        ("default VK-01 until=2027-01-31", "default propose"),
        ('default VK-01 judgement=void "the ledger was wrong"', "default propose"),
    ],
)
def test_a_name_of_several_words_is_asked_about_and_a_judgement_is_proposed(line, command):
    assert inline.read(registry(), line).command.name == command


# --- decide ------------------------------------------------------------------------------------------------------------


def test_the_maker_cannot_decide(scored):
    key = asked(scored)
    with pytest.raises(Refused, match="You requested A-1 yourself: someone else has to decide it"):
        scored.press("approval.approve", "U0ANA", key=key)

    assert (state(scored), read(scored, MONDAY.date())) == ("proposed", [])


def test_an_approved_judgement_is_read_by_the_next_scoring_until_its_end_is_approved(scored):
    approve(scored)
    standing = read(scored, MONDAY.date())
    key = asked(scored, END, at=MONDAY + DAY)
    pending = read(scored, MONDAY.date() + DAY)
    scored.press("approval.approve", key=key, at=MONDAY + 2 * DAY)

    assert standing == pending == [("unlikely_to_pay", "NaT")]
    assert read(scored, MONDAY.date() + 2 * DAY) == [("unlikely_to_pay", "2026-11-24")]
    assert (state(scored, 1), state(scored, 2)) == ("ended", "approved")


def test_the_request_to_end_names_the_judgement_and_that_the_cure_period_begins(scored):
    approve(scored)
    scored.ask(END)
    ((_delivery, message),) = scored.told()
    screen = text_of(message.blocks)

    assert "Judgement  J-2 · end of J-1" in screen
    assert "About  J-1 · unlikely to pay since 23 Nov 2026 · the parent has withdrawn its support" in screen
    assert "If approved  The judgement is no reason of default any more, and the probation begins" in screen


def test_the_explained_score_names_the_judgement_with_its_maker(scored):
    approve(scored)
    scored.ask('log NOVA credit L5 S5 X2 "burnt down"')
    run(scored, LATER)
    with scored.database.begin(EVERYTHING) as tx:
        said = "\n".join(explain(tx, scored.policy, "NOVA", sources=True))
        facts = lineage.inputs(tx, scores.of(tx, ["NOVA"])["NOVA"], scored.policy)

    assert "unlikely to pay, U0ANA" in said
    assert [(one.name, one.used) for one in facts if one.kind == "judgement"] == [("J-1", True)]


def test_a_rejected_end_leaves_the_judgement_in_force(scored):
    approve(scored)
    scored.press("approval.reject", key=asked(scored, END), reason="not yet", at=LATER)

    assert (state(scored, 1), state(scored, 2)) == ("approved", "rejected")
    assert read(scored, MONDAY.date() + 9 * DAY) == [("unlikely_to_pay", "NaT")]


def test_while_a_judgement_is_in_force_the_same_is_not_proposed_again(scored):
    approve(scored)

    assert scored.refusal(PROPOSE) == "J-1 says so already: propose its end before a new judgement."


def test_of_several_judgements_in_force_the_one_to_end_is_named(scored):
    approve(scored)
    approve(scored, REBUT)

    assert scored.refusal(END) == (
        "In force for Nova Power: J-2 (rebuttal of the 90-day presumption until 31 Jan 2027), J-1 (unlikely to pay since 23 Nov 2026)."
        " Name the one to end, as `ends=J-2`."
    )
    assert "end of J-2" in scored.ask(f"{END} ends=J-2").text


def test_an_expired_rebuttal_is_not_approved(scored):
    key = asked(scored, 'default NOVA rebut until=2026-11-24 "paid on Friday, booked on Monday"')
    with pytest.raises(Refused, match="A rebuttal ends between 25 Nov 2026"):
        scored.press("approval.approve", key=key, at=MONDAY + 2 * DAY)

    assert state(scored) == "proposed"


def test_a_returned_judgement_is_proposed_anew_with_the_same_command(scored):
    scored.press("approval.return", key=asked(scored), reason="since when?", at=LATER)
    outcome = next(message for delivery, message in scored.told() if delivery.notice == "approval.outcome")

    assert "propose it again with /risk default" in text_of(outcome.blocks)
    assert scored.ask(PROPOSE).text.startswith("J-2 is proposed")


# --- the form ------------------------------------------------------------------------------------------------------------


def test_the_form_says_the_present_state_and_what_is_in_force(scored, asks):
    approve(scored)
    with scored.database.begin(EVERYTHING) as tx:
        said = COMMAND.ready({"customer": "NOVA"}, asks("U0ANA"), tx)

    assert said.startswith("Nova Power · stage 1")
    assert said.endswith("J-1 unlikely to pay since 23 Nov 2026")


# --- show ----------------------------------------------------------------------------------------------------------------


def test_the_customers_screen_lists_every_judgement_with_its_state(scored):
    nothing = scored.ask("default NOVA")
    approve(scored)
    scored.ask(END)
    shown = scored.ask("default NOVA")
    screen = text_of(shown.blocks)

    assert "Judgements  none on record" in text_of(nothing.blocks)
    assert nothing.text.endswith("no judgement in force")
    assert shown.text.endswith("J-1 unlikely to pay since 23 Nov 2026")
    for part in ("Nova Power: not in default", "Stage of IFRS 9  1", "Grade  ●○○○ low"):
        assert part in screen
    assert "J-1  unlikely to pay since 23 Nov 2026 · in force · @U0ANA  “the parent has withdrawn its support”" in screen
    assert "J-2  end of J-1 · pending approval · @U0ANA  “the parent supports it again”" in screen


def test_an_expired_rebuttal_is_shown_as_expired(scored):
    approve(scored, REBUT)

    assert "31 Jan 2027 · in force" in text_of(scored.ask("default NOVA").blocks)
    assert "31 Jan 2027 · expired" in text_of(scored.ask("default NOVA", at=MONDAY + 90 * DAY).blocks)


@pytest.mark.parametrize("line", ["default J-1", "show j1"])
def test_one_judgement_is_opened_by_its_id(scored, line):
    approve(scored)
    shown = scored.ask(line)
    screen = text_of(shown.blocks)

    assert shown.text == "J-1 · Nova Power · unlikely to pay since 23 Nov 2026 · in force"
    for part in ("State  in force", "Why  the parent has withdrawn its support", "Proposed by  @U0ANA", "Decided by  @U0OMAR"):
        assert part in screen


def test_an_unknown_judgement_is_refused_in_words(scored):
    said = "There is no J-7. `/risk default CUSTOMER` lists a customer's judgements."

    assert scored.refusal("default J-7") == said
    assert scored.refusal("show J-7") == said


def test_an_older_answer_shows_the_judgements_of_that_time(scored):
    scored.ask(PROPOSE, at=LATER)

    assert "none on record" in text_of(scored.ask("default NOVA", as_of=MONDAY).blocks)


def test_the_screen_says_since_when_and_why_the_customer_is_in_default_and_what_would_end_it(scored):
    before = scored.ask("default NOVA")
    approve(scored)
    run(scored, LATER)
    after = scored.ask("default NOVA")
    screen = text_of(after.blocks)

    assert "Default  not in default" in text_of(before.blocks)
    assert " · not in default · stage 1 · " in before.text
    assert " · in default · stage 3 · " in after.text
    for part in (
        "Default  since 23 Nov 2026: judged unlikely to pay",
        "Ends after  an approved end of the judgement; then a probation of at least 6 months",
        "Loan category  substandard",
        "PD  100%",
    ):
        assert part in screen


def test_stage_three_is_not_said_again_beside_the_default_that_it_follows_from(scored):
    approve(scored)
    run(scored, LATER)

    for line in ("show NOVA", "show NOVA score"):
        assert "stage 3 of IFRS 9" not in text_of(scored.ask(line).blocks)
