"""What a channel may carry: answers are refused there or go out masked, and figures come to one person for some minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.working.executor import Executor
from commands.delivery.secrecy_words import LEFT_OUT
from playground.hosting import Playground
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery.deliveries import DeliveryState
from storage.schema import AnswerRow, DeliveryRow, EventRow
from storage.sight import EVERYTHING
from tests.bot.carrying import Outbox
from tests.bot.executing import RISK, carry_out, executor_for, heard, load, ticket

MAKER = "U0ANA"


def private(policy: Policy, **values: Any) -> Policy:
    return policy.model_copy(update={"privacy": policy.privacy.model_copy(update=values)})


@pytest.fixture
def application(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path):
    """An executor over a small book, under a policy of its own for privacy."""
    load(sqlite, tmp_path)

    def under(**privacy: Any) -> Executor:
        return executor_for(workspace, sqlite, private(policy, **privacy))

    return under


def answers_to(executor: Executor, command: str, values: dict[str, Any]) -> str:
    """Ask in #general; the key of the answer's buttons."""
    executor.read(ticket(command, values))
    with executor.database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.select(AnswerRow.key).order_by(AnswerRow.as_of.desc(), AnswerRow.key)).scalars().first()


def carry(executor: Executor) -> None:
    while executor.courier.step():
        pass


def posted(workspace: Playground, channel: str) -> list[str]:
    return [message["text"] for message in workspace.person("ana").messages(channel) if not message.get("ephemeral")]


def deliveries_of(executor: Executor) -> list[tuple[str, str]]:
    with executor.database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.select(DeliveryRow.state, DeliveryRow.error).order_by(DeliveryRow.seq)).all()


def test_packaged_an_answer_is_shared_as_before(workspace: Playground, application):
    executor = application()
    key = answers_to(executor, "show", {"customer": "ACME"})
    carry_out(executor, "reply.share", {"key": key})
    carry(executor)

    assert any("Acme Steel" in text for text in posted(workspace, "general"))


def test_an_answer_is_not_shared_where_it_is_too_confidential_and_the_refusal_says_where_it_could_be(workspace: Playground, application):
    executor = application(channels={"general": Secrecy.INTERNAL, "risk-alerts": Secrecy.CONFIDENTIAL})
    key = answers_to(executor, "show", {"customer": "ACME"})
    carry_out(executor, "reply.share", {"key": key})
    carry(executor)

    assert heard(workspace, "ana")[-1] == (
        "<#C0GENERAL> may carry internal at most; this answer is confidential. Share it in #risk-alerts, or ask whoever keeps the policy."
    )
    assert posted(workspace, "general") == []


def test_counts_are_shared_where_customers_are_not(workspace: Playground, application):
    executor = application(unlisted=Secrecy.INTERNAL)
    key = answers_to(executor, "policy", {})
    carry_out(executor, "reply.share", {"key": key})
    carry(executor)

    assert len(posted(workspace, "general")) == 1


def test_a_channel_that_has_come_to_carry_less_gets_nothing_of_what_was_shared_before(workspace: Playground, application):
    executor, stricter = application(), application(channels={"C0GENERAL": Secrecy.PUBLIC})
    key = answers_to(executor, "show", {"customer": "ACME"})
    carry_out(executor, "reply.share", {"key": key})
    carry(stricter)

    assert posted(workspace, "general") == []
    ((state, error),) = deliveries_of(executor)
    assert state == DeliveryState.DEAD.value
    assert "may carry public at most" in error


@pytest.mark.parametrize("name", ["risk-alerts", "#risk-alerts", "the id"])
def test_a_notice_goes_out_masked_where_its_channel_carries_no_more(workspace: Playground, sqlite, policy, tmp_path, name: str):
    load(sqlite, tmp_path)
    id = Outbox(workspace, sqlite, policy).courier.channels.resolve("route:alerts")
    mine = private(policy, channels={id if name == "the id" else name: Secrecy.INTERNAL})
    executor = executor_for(workspace, sqlite, mine)
    carry_out(executor, "log", {**RISK, "owner": "U0MEI"})
    with sqlite.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(DeliveryRow).values(audience="route:alerts"))
    carry(executor)
    (message,) = [one for one in workspace.person("ana").messages("risk-alerts") if not one.get("ephemeral")]

    assert "ACME" in message["text"]
    assert "Acme Steel" not in str(message)
    assert "lost its main buyer" not in str(message)
    assert str(LEFT_OUT) in str(message["blocks"])


def test_a_notice_waits_for_a_channel_that_may_not_even_carry_it_masked_and_the_start_says_so(workspace: Playground, application):
    executor = application(channels={"risk-alerts": Secrecy.PUBLIC})
    carry_out(executor, "log", {**RISK, "owner": "U0MEI"})
    with executor.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(DeliveryRow).values(audience="route:alerts"))
    carry(executor)
    troubles = [str(trouble) for trouble in executor.courier.channels.troubles()]

    assert posted(workspace, "risk-alerts") == []
    assert deliveries_of(executor)[0][0] == DeliveryState.PENDING.value
    assert any("#risk-alerts may carry public at most, and its messages are confidential" in one for one in troubles)


def test_a_channel_that_the_policy_classifies_and_that_is_not_there_is_named(application):
    troubles = application(channels={"genral": Secrecy.INTERNAL}).courier.channels.troubles()

    assert "[privacy.channels] names #genral, which I cannot see." in [str(one) for one in troubles]


def test_the_audit_channel_carries_what_is_restricted_and_no_other_does(application):
    channels = application().courier.channels

    assert channels.may_carry(channels.resolve("route:alerts")) is Secrecy.CONFIDENTIAL
    assert channels.may_carry("risk-audit") is Secrecy.RESTRICTED


def test_roles_are_not_shared_in_a_channel_of_customers_risk(workspace: Playground, application):
    executor = application()
    key = answers_to(executor, "show", {"customer": "ACME"})
    with executor.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(AnswerRow).values(command="people", arguments={}))
    carry_out(executor, "reply.share", {"key": key})

    assert "this answer is restricted" in heard(workspace, "ana")[-1]


# --- masked mode -----------------------------------------------------------------------------------------------------


def buttons_of(message: dict[str, Any]) -> dict[str, str]:
    return {each["action_id"]: each["value"] for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]}


def test_masked_an_answer_names_nobody_and_figures_come_to_the_asker_for_some_minutes(workspace: Playground, application):
    executor = application(masked=True)
    executor.read(ticket("show", {"customer": "Acme Steel"}))
    (answer,) = [one for one in workspace.person("ana").messages("general") if one.get("ephemeral")]
    carry_out(executor, "reply.reveal", {"key": buttons_of(answer)["reply.reveal"]})
    carry(executor)
    (shown,) = workspace.person("ana").messages("dm")
    with executor.database.begin(EVERYTHING) as tx:
        (event,) = tx.connection.execute(sa.select(EventRow.payload).where(EventRow.kind == "figures.shown")).scalars()

    assert "ACME" in answer["text"]
    assert "Acme Steel" not in str(answer)
    assert "Acme Steel" in shown["text"]
    assert event["customers"] == ["ACME"]


def test_figures_are_gone_when_their_minutes_are_over(workspace: Playground, application):
    executor = application(masked=True)
    key = answers_to(executor, "show", {"customer": "ACME"})
    carry_out(executor, "reply.reveal", {"key": key})
    carry(executor)
    before = posted(workspace, "dm")
    executor.courier.clock.move(15 * 60 + 1)
    executor.courier.deletions.step()

    assert (len(before), posted(workspace, "dm")) == (1, [])


def test_masked_no_file_is_sent_unless_the_policy_says_so(workspace: Playground, application):
    executor, files = application(masked=True), application(masked=True, masked_exports=True)
    key = answers_to(executor, "list", {})
    executor.read(ticket("reply.export", {"key": key}))
    refused = heard(workspace, "ana")[-1]
    files.read(ticket("reply.export", {"key": key}))

    assert refused.startswith("Files contain names and figures, which the policy keeps out of Slack.")
    assert heard(workspace, "ana")[-1].endswith("in your direct messages with me.")


def test_masked_an_answer_is_shared_masked_where_no_more_may_stand(workspace: Playground, application):
    executor = application(masked=True, unlisted=Secrecy.INTERNAL)
    key = answers_to(executor, "show", {"customer": "ACME"})
    carry_out(executor, "reply.share", {"key": key})
    carry(executor)
    (shared,) = [one for one in workspace.person("ana").messages("general") if not one.get("ephemeral")]

    assert "ACME" in shared["text"]
    assert "Acme Steel" not in str(shared)


def test_masked_status_says_that_it_is(workspace: Playground, application):
    application(masked=True).read(ticket("status", {}))
    (answer,) = [one for one in workspace.person("ana").messages("general") if one.get("ephemeral")]

    assert "masked: customers by id and colour" in str(answer["blocks"])


def test_what_could_not_be_deleted_stands_in_the_status(workspace: Playground, application):
    executor = application()
    carry_out(executor, "log", {**RISK, "owner": "U0MEI"})
    carry(executor)
    with executor.database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(DeliveryRow).values(delete_error="cant_delete_message"))
    executor.read(ticket("status", {}))
    *_earlier, answer = [one for one in workspace.person("ana").messages("general") if one.get("ephemeral")]

    assert "1 message to person:U0MEI could not be deleted" in str(answer["blocks"])
    assert "cant_delete_message" in str(answer["blocks"])
