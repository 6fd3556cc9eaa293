"""In masked mode nothing that goes to Slack names a customer or a figure: every command, button, notice, section, list of options and form.

What is run comes from the registry: each command with its own examples, every button that any of it shows, and whatever was queued.
A new one is run without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from commands.kit.registry import registry
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.schema import CustomerVersionRow, JudgementRow, OverrideRow, ResponseRow, RiskRow
from storage.sight import EVERYTHING
from tests.commands.whole_book import TYPED, Stage, fill
from tests.databases import Masters


def stage(masters: Masters, policy: Policy, folder: Path, *, masked: bool) -> Stage:
    """The book under a policy that is masked or not, in a file of its own."""
    privacy, roles = policy.privacy.model_copy(update={"masked": masked}), policy.roles.known_as(members={}, administrators={"U0ADA"})
    mine = policy.model_copy(update={"privacy": privacy, "roles": roles})
    # unmasked it is enough that something is looked at
    return Stage(Database(masters.sqlite(fill, folder / "riskbot.db")), mine, masked, turns_pages=masked)


@pytest.fixture(scope="module")
def masked(masters: Masters, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    on = stage(masters, policy, tmp_path_factory.mktemp("masked"), masked=True)
    on.ask_everything()
    on.do_everything()
    yield on
    on.database.close()


@pytest.fixture(scope="module")
def in_full(masters: Masters, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    on = stage(masters, policy, tmp_path_factory.mktemp("in_full"), masked=False)
    on.ask_everything()
    yield on
    on.database.close()


def secrets(database: Database) -> dict[str, set[str]]:
    """What the book holds that may not be shown: names, groups, what people wrote; the beginnings, as tables cut them."""
    with database.begin(EVERYTHING) as tx:
        who = tx.connection.execute(sa.select(CustomerVersionRow.name, CustomerVersionRow.group, CustomerVersionRow.aliases)).all()
        written = [
            tx.connection.execute(sa.select(column)).scalars().all()
            for column in (RiskRow.title, ResponseRow.measure, OverrideRow.reason, JudgementRow.reason)
        ]
    names = {part for name, group, aliases in who for part in (name, group, *(aliases or "").split("|")) if part and len(part) > 4}
    lines = [line for command in registry().commands.values() for line in command.examples]
    examples = {text for line in lines for text in re.findall('(?<!=)"([^"]{12,})"', line) if not text.startswith("kri.")}
    begun = {text[:22] for texts in written for text in texts} | {text[:14] for text in {TYPED, *examples}}
    return {"a name": {name[:14] for name in names}, "free text": begun}


# a decimal, a share, a multiple, percentage points, an amount, a score of the card, days past due
FIGURE = re.compile(r"\d\.\d|\d\s?%|\d\s?×|\d\s?pp\b|\b(?:EUR|USD|GBP|CNY|CHF|JPY|SEK|NOK|PLN|CZK) ?\d|\d+ of 100|\d+ days? past due")
# help shows lines to type, with figures that are nobody's; the policy's own figures are no customer's
EXAMPLE = "1.2 → 1.25"
OF_NOBODY = {Secrecy.PUBLIC, Secrecy.INTERNAL}


def about_customers(label: str) -> bool:
    if label.startswith("notice figures"):
        # that is what somebody has asked for
        return False
    command = registry().commands.get(label.split()[0]) or registry().commands.get(" ".join(label.split()[:2]))
    return command is None or command.classification not in OF_NOBODY


def test_masked_nothing_names_a_customer_or_repeats_what_somebody_wrote(masked: Stage):
    hidden = secrets(masked.database)

    leaks = [
        (label, kind, secret)
        for label, text in masked.texts.items()
        if about_customers(label)
        for kind, known in hidden.items()
        for secret in known
        if secret in text
    ]

    assert leaks == []


def test_masked_there_is_no_figure(masked: Stage):
    leaks = [
        (label, text[max(0, found.start() - 30) : found.end() + 10])
        for label, text in masked.texts.items()
        if about_customers(label)
        for found in FIGURE.finditer(text.replace(EXAMPLE, ""))
    ]

    assert leaks == []


def test_masked_the_figures_that_somebody_asks_to_see_come_in_full(masked: Stage):
    shown = [text for label, text in masked.texts.items() if label.startswith("notice figures")]
    names = secrets(masked.database)["a name"]

    assert any(name in text for text in shown for name in names)
    assert any(FIGURE.search(text) for text in shown)
    assert all("This message is deleted at 09:15." in text for text in shown)


def test_unmasked_the_same_looks_are_full_of_both(in_full: Stage):
    # a test that looked at nothing would pass as well
    text = "\n".join(in_full.texts.values())
    found = {kind: sum(secret in text for secret in known) for kind, known in secrets(in_full.database).items()}

    assert found["a name"] > 100
    assert found["free text"] > 40
    assert len(FIGURE.findall(text)) > 500


def test_every_command_and_button_is_run_and_every_notice_and_section_told(masked: Stage):
    # nothing of a customer: what was written before, a list of commands, the state of the trail and of the outbox, who was turned away
    silent = {
        "answer",
        "help",
        "audit.anchored",
        "audit.alarm",
        "audit.resealed",
        "audit.restored",
        "audit.verified",
        "outbox.trouble",
        "turned_away",
    }

    assert masked.ran >= {*registry().commands, *registry().actions}
    assert masked.told >= {*registry().notices} - silent
    assert masked.told >= {f"section {section.name}" for section in registry().sections}
