"""Forms are made from a command's arguments, keep Slack's limits, and give back what was put into them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from commands.kit.contract import Args, Command
from commands.kit.i18n import Reader, Text, _, reading
from commands.kit.input import inline
from commands.kit.input.fields import AnyCase, Ask, Day, Key, Page, Someone, Step, arguments
from commands.kit.input.forms import filled_in, form
from commands.kit.registry import registry
from playground.block_kit.keyboard import state_of
from playground.block_kit.limits import check_view
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import RiskId
from risk_engine.register.assessment import Category
from tests.commands.texts import hostile


class EveryKind(Args):
    """One argument of every kind that a form can ask for."""

    key: Key
    risk: RiskId
    customer: Annotated[str, Field(min_length=1, max_length=200), Ask(_("Customer"), options="customer")]
    category: Annotated[Category, AnyCase, Ask(_("Category"))]
    likelihood: Annotated[Step, Ask(_("Likelihood"), hint=_("Within one year"), letter="L", scale="likelihood")]
    title: Annotated[str, Field(min_length=3, max_length=300), Ask(_("Title"), placeholder=_("In a few words"))]
    story: Annotated[str, Field(max_length=9000), Ask(_("Story"), multiline=True)]
    amount: Annotated[Decimal | None, Ask(_("Amount"))] = None
    page: Page = 1
    due: Annotated[Day | None, Ask(_("Due"))] = None
    owner: Annotated[Someone | None, Ask(_("Owner"), person=True)] = None
    source: Annotated[str | None, Ask(_("Source"), hidden=True)] = None


EVERY_KIND = Command(
    "every",
    EveryKind,
    lambda args, request, tx: None,
    right=Right.OPEN,
    summary=Text("Every kind"),
    title=_("Every kind"),
    submit=_("Go"),
    classification=Secrecy.CONFIDENTIAL,
)
FORMED = [
    command for command in (*registry().commands.values(), *registry().actions.values()) if any(True for _one in arguments(command.args))
]


@pytest.fixture
def every(policy):
    """The form of every kind, with these values given."""
    return lambda **values: form(EVERY_KIND, values, policy, channel="C0GENERAL")


def inputs(view) -> dict:
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def fill(view, **typed) -> dict:
    """The view as Slack sends it back: what it began with, and what somebody typed over it."""
    state = {
        name: {"value": state_of(block["element"], typed.get(name, begins_with(block["element"])))} for name, block in inputs(view).items()
    }
    return {**view, "state": {"values": state}}


def begins_with(element):
    for name in ("initial_value", "initial_option", "initial_user", "initial_date"):
        if name in element:
            return element[name]
    return None


def test_each_type_has_its_element(every):
    asked = {name: block["element"]["type"] for name, block in inputs(every()).items()}

    assert asked == {
        "risk": "plain_text_input",
        "customer": "external_select",
        "category": "static_select",
        "likelihood": "static_select",
        "title": "plain_text_input",
        "story": "plain_text_input",
        "amount": "number_input",
        "page": "number_input",
        "due": "datepicker",
        "owner": "users_select",
    }


def test_block_ids_are_the_arguments_and_every_action_id_is_value(every):
    view = every()

    assert set(inputs(view)) <= set(EveryKind.model_fields)
    assert {block["element"]["action_id"] for block in inputs(view).values()} == {"value"}
    assert view["callback_id"] == "every"


def test_only_what_is_needed_must_be_filled_in(every):
    optional = {name for name, block in inputs(every()).items() if block["optional"]}

    assert optional == {"amount", "page", "due", "owner"}


def test_an_id_is_carried_along_and_not_asked_again(every):
    view = every(risk="R-17", key="a" * 32, source="https://example.com")

    values, channel = filled_in(fill(view))
    assert "risk" not in inputs(view)
    assert {name: values[name] for name in ("risk", "key", "source")} == {"risk": "R-17", "key": "a" * 32, "source": "https://example.com"}
    assert channel == "C0GENERAL"


def test_a_scale_is_chosen_in_the_words_of_the_policy(every):
    element = inputs(every(likelihood="4"))["likelihood"]["element"]

    assert [option["text"]["text"] for option in element["options"]][3] == "4 · likely"
    assert element["initial_option"]["value"] == "4"


def test_what_was_typed_in_any_spelling_stands_in_the_form(policy):
    asked = inline.read(registry(), "log CREDIT kind=Opportunity owner=<@U0MEI|mei> category=Market L4")
    begun = inputs(form(asked.command, asked.values, policy, channel=None))

    assert begins_with(begun["owner"]["element"]) == "U0MEI"
    assert begins_with(begun["kind"]["element"])["value"] == "opportunity"
    assert begins_with(begun["category"]["element"])["value"] == "market"
    assert begins_with(begun["likelihood"]["element"])["value"] == "4"


def test_a_chosen_customer_shows_its_name_and_carries_its_id(policy):
    view = form(registry().commands["log"], {"customer": "ACME"}, policy, channel=None, labels={"customer": "Acme Steel (ACME)"})

    chosen = inputs(view)["customer"]["element"]["initial_option"]
    assert (chosen["text"]["text"], chosen["value"]) == ("Acme Steel (ACME)", "ACME")


# no text holds the one character that cannot be kept, nor any that cannot be seen
SEEN = st.characters(exclude_characters="\0", exclude_categories=["Cf"], codec="utf-8")
values = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from([category.value for category in Category]),
        "likelihood": st.integers(1, 5).map(str),
        "title": st.text(SEEN, min_size=3, max_size=300).filter(str.strip),
        "story": st.text(SEEN, min_size=1, max_size=3000).filter(str.strip),
        "amount": st.integers(-(10**6), 10**6).map(str),
        "page": st.integers(1, 1000).map(str),
        "due": st.dates(date(1990, 1, 1)).map(str),
        "owner": st.sampled_from(["U0MEI", "W0OMAR"]),
    },
)


@given(values)
def test_what_is_put_into_a_form_comes_back(given_values):
    from storage.policy import policies

    view = form(EVERY_KIND, given_values, policies.read(None), channel=None)

    assert filled_in(fill(view)) == ({"page": "1", **given_values}, None)


@given(values)
def test_what_is_typed_into_an_empty_form_arrives(typed):
    from storage.policy import policies

    view = form(EVERY_KIND, {}, policies.read(None), channel="C0GENERAL")

    assert filled_in(fill(view, **typed)) == ({"page": "1", **typed}, "C0GENERAL")


@given(hostile, hostile, st.integers(1, 300))
def test_slack_takes_the_form_whatever_was_given(text, name, times):
    from storage.policy import policies

    given_values = {"title": text * times, "story": name * times, "customer": "C1"}

    check_view(form(EVERY_KIND, given_values, policies.read(None), channel=None, labels={"customer": name * times}), {}, "modal")


@pytest.mark.parametrize("command", FORMED, ids=lambda command: command.name)
@pytest.mark.parametrize("locale", ["en_GB", "zh_Hans_CN"])
def test_slack_takes_every_form_of_the_product(command, locale, policy):
    with reading(Reader(locale, masked=False)):
        check_view(form(command, {}, policy, channel="C0GENERAL"), {}, "modal")


def test_an_empty_field_is_missing_and_not_an_empty_text(every):
    values, _channel = filled_in(fill(every(), title="abc"))

    assert values == {"title": "abc", "page": "1"}


def test_a_form_of_nobodys_is_read_as_empty():
    assert filled_in({"state": {"values": {}}}) == ({}, None)
    assert filled_in({"private_metadata": json.dumps({"channel": None, "fixed": {}}), "state": {"values": {"x": {}}}}) == ({}, None)
