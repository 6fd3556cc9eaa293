"""What the collector finds is whole: every command is explained, every form, button and notice hangs together."""

from __future__ import annotations

import json
import re

import pytest

from bot import manifest, reference
from commands.home.help import detail, overview, usage
from commands.kit.contract import Authority
from commands.kit.i18n import Reader, reading
from commands.kit.input.fields import arguments
from commands.kit.registry import registry
from playground.block_kit.limits import check_message
from risk_engine.people.roles import Reach, Right, Role

KNOWN = registry()
# somebody who may do everything
EVERY_RIGHT = Authority(frozenset(Role), frozenset(Right), Reach.ALL)
ASKED = [*KNOWN.commands.values(), *KNOWN.actions.values()]
BUTTONS = {"approval.approve", "approval.reject", "approval.return", "breach.ack", "breach.respond", "reply.share"}


def name(thing) -> str:
    return thing.name


def test_the_words_and_buttons_that_teams_rely_on_are_there():
    assert {"help", "show", "find", "list", "log", "respond", "approvals", "breaches", "digest", "status"} <= set(KNOWN.commands)
    assert set(KNOWN.actions) >= BUTTONS


@pytest.mark.parametrize("command", ASKED, ids=name)
def test_every_command_is_explained_and_its_form_has_short_titles(command):
    forms = any(argument.required and not argument.ask.hidden for argument in arguments(command.args))

    assert 5 <= len(str(command.summary)) <= 100
    for text in (command.title, command.submit):
        assert text is not None or not forms
        assert len(str(text or "")) <= 24


@pytest.mark.parametrize("command", ASKED, ids=name)
def test_every_command_can_be_named(command):
    word = r"[a-z]+( [a-z]+)?" if command.name in KNOWN.commands else r"[a-z]+\.[a-z_]+"

    assert re.fullmatch(word, command.name)


@pytest.mark.parametrize("command", ASKED, ids=name)
def test_every_searching_select_has_somewhere_to_search(command):
    assert {argument.ask.options for argument in arguments(command.args) if argument.ask.options} <= set(KNOWN.options)


@pytest.mark.parametrize("command", KNOWN.actions.values(), ids=name)
def test_a_buttons_value_is_its_first_argument_and_never_asked_for(command):
    first = next(arguments(command.args))

    assert first.required
    assert first.ask.hidden or first.is_reference


def test_shortcuts_open_forms_that_exist():
    assert {shortcut.command for shortcut in KNOWN.shortcuts.values()} <= set(KNOWN.commands)
    assert all(len(shortcut.name) <= 24 for shortcut in KNOWN.shortcuts.values())


def test_what_is_collected_stands_in_order():
    assert [section.order for section in KNOWN.sections] == sorted(section.order for section in KNOWN.sections)
    assert [command.order for command in KNOWN.commands.values()] == sorted(command.order for command in KNOWN.commands.values())


@pytest.mark.parametrize("locale", ["en_GB", "zh_Hans_CN"])
def test_slack_takes_every_page_of_the_help(locale):
    with reading(Reader(locale, masked=False)):
        for page in (overview(EVERY_RIGHT), *(detail(command) for command in KNOWN.commands.values())):
            check_message({"text": "gist", "blocks": page}, {})


def test_usage_shows_what_is_needed_and_what_may_be_left_out():
    assert usage(KNOWN.commands["log"]).startswith("/risk log CUSTOMER CATEGORY L1…L5 S1…S5 X1…X5 TITLE [kind=…]")
    assert usage(KNOWN.commands["status"]) == "/risk status"


# --- what is written from the registry ---------------------------------------------------------------------------------


def test_the_command_reference_is_as_the_commands_are():
    assert reference.REFERENCE.read_text("utf-8") == reference.text(), "make reference writes it anew"


def test_the_manifest_is_as_the_commands_are():
    assert manifest.PATH.read_text("utf-8") == manifest.as_text(), "make reference writes it anew"


def test_the_manifest_is_one_that_slack_takes():
    read = json.loads(manifest.as_text())
    slash = read["features"]["slash_commands"]

    assert [each["command"] for each in slash] == ["/risk"]
    assert slash[0]["should_escape"] is True
    assert len(slash[0]["usage_hint"]) <= 1000
    assert slash[0]["usage_hint"].startswith("show VK-01 | find nordhvn | top 20 by=exposure | list ")
    assert "customer]" not in slash[0]["usage_hint"]
    assert read["display_information"]["name"] == "Riskbot"
    assert {each["callback_id"] for each in read["features"]["shortcuts"]} == set(KNOWN.shortcuts)
    assert all(len(each["description"]) <= 150 for each in read["features"]["shortcuts"])


def test_every_scope_has_its_reason():
    assert all(len(reason) > 10 for reason in manifest.SCOPES.values())


def test_the_reference_names_every_command_argument_and_button():
    text = reference.text()

    for command in KNOWN.commands.values():
        assert f"## `{usage(command)}`" in text
    for action in KNOWN.actions:
        assert f"| `{action}` |" in text
