"""The whole product looked at in the sample book: what can be typed, pressed, chosen, opened and told, collected from the registry."""

from __future__ import annotations

import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cli.demonstrating import KINDS
from bot.clock import Clock
from bot.scoring import scoring
from commands.data import sample_register
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.delivery.share import furnish
from commands.digest.digest import compose
from commands.home.home import home
from commands.kit.access import masking
from commands.kit.contract import Authority, Command, Person, Refused, Request
from commands.kit.digest_parts import Span
from commands.kit.i18n import Reader, reading
from commands.kit.input import inline
from commands.kit.input.fields import arguments
from commands.kit.input.forms import form
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage.data.sample_book import news, sample_file, write_sample_book
from storage.database import Database
from storage.delivery import answers, deliveries
from storage.policy import policies
from storage.scope import ALL
from storage.sight import EVERYTHING
from tests.conftest import ENGLISH, LET_IN, MONDAY

WEEK_AGO, LATER = MONDAY - timedelta(days=8), MONDAY + timedelta(hours=1)
# free text that the tests type, beside that of the sample's people
TYPED = "Quetzal assigns its receivables to us"
# what a button's form asks for
FILLED = {
    "strategy": "reduce",
    "measure": TYPED,
    "reason": TYPED,
    "title": TYPED,
    "note": TYPED,
    "condition": TYPED,
    "comment": TYPED,
    "evidence": TYPED,
    "finding": TYPED,
    "to": "U0BEN",
    "person": "U0BEN",
    "until": "2026-12-20",
    "roles": "analyst",
    "due": MONDAY.date().isoformat(),
    "likelihood": 4,
    "severity": 3,
    "scope": 2,
    "category": "credit",
    "customer": "VK-01",
    "channel": "C0GENERAL",
    "text": TYPED,
}
# lines that examples leave out: other views, other orders, names instead of ids, what is typed in full
LINES = (
    *("show VK-01 view=score", "show VK-01 view=trend", "show Vltava Kov", "show nobody of that name", "find Vltava", "find vltva kov"),
    *("list risks", "list responses", "list breaches", "list approvals", "list customers sort=exposure", "list responses due=overdue"),
    *(f"top 15 by={by}" for by in ("exposure", "pd", "grade", "change", "overdue")),
    *("data", "data kind=stale", "data kind=implausible", "data kind=contradictory", "digest now", "digest preview"),
    f'log VK-01 credit L4 S3 X2 owner=U0MEI "{TYPED}"',
    f'respond R-1 reduce owner=U0MEI "{TYPED}"',
    f'override VK-01 high "{TYPED}"',
    f'default VK-01 unlikely "{TYPED}"',
    "default J-1",
    "show J-1",
    f'delegate U0EVA until=2026-12-20 "{TYPED}"',
    f'people U0EVA analyst department="Corporate Asia" reason="{TYPED}"',
)
# each button is pressed so often, as what some of them are about another has settled
TURNS = 3
# what is opaque, or carried along unseen
UNSEEN = {"value", "action_id", "block_id", "callback_id", "type", "style", "user_id", "slack_file", "private_metadata"}


# whoever may do everything and decide: an administrator may not
EVERY_RIGHT = Authority(frozenset({Role.RISK_MANAGER, Role.APPROVER, Role.AUDITOR}), frozenset(Right), Reach.ALL)
# customers of the sample in good times
SOUND = ("NH-01", "NV-01", "QL-01", "QL-03", "YH-01", "BV-01", "CV-01", "TM-03")
# what makes indicators cross, worsen and ease, a file each, minutes apart
READINGS = ("VK-01,dscr,2026-11-20,1.15", "VK-01,dscr,2026-11-21,0.81", "VK-01,dscr,2026-11-22,1.16", "VK-01,dscr,2026-11-23,2.5")


class At(Clock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


def fill(database: Database) -> None:
    """Load the sample book with its register, as it was eight days ago and as it is now, scored at both; nobody was told yet."""
    with tempfile.TemporaryDirectory() as folder:
        _fill(database, policies.read(None), Path(folder))


def _fill(database: Database, policy: Policy, folder: Path) -> None:
    for at, before in ((WEEK_AGO, None), (MONDAY, folder / WEEK_AGO.date().isoformat())):
        files = folder / at.date().isoformat()
        write_sample_book(files, seed=17, today=MONDAY.date(), known=at.date())
        with database.begin(EVERYTHING, write=True) as tx:
            sample_register.enter(tx, policy, now=MONDAY, until=at)
        for kind in KINDS:
            whole = sample_file(files, kind)
            file = news(whole, sample_file(before, kind)) if before else whole
            if file is not None:
                run_import(database, kind, file, at=at, progress=False, after_load=follow_up(policy, file=file.name, by="test"))
        scoring.score(database, policy, At(at), by="test")


@dataclass
class Stage:
    """The book, looked at by somebody who may do everything; ``texts`` is all that they were shown."""

    database: Database
    policy: Policy
    masked: bool
    language: str = "en_GB"
    # what is behind the pages of an answer is run too
    turns_pages: bool = True
    texts: dict[str, str] = field(default_factory=dict)
    # the values of each button that was shown
    buttons: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    told: set[str] = field(default_factory=set)
    ran: set[str] = field(default_factory=set)

    @property
    def reader(self) -> Reader:
        return Reader(self.language, masked=self.masked)

    def request(self, user: str = "U0ANA") -> Request:
        person = Person(user, user.title(), self.reader)
        return Request(person, MONDAY, self.policy, f"test {uuid.uuid4().hex}", "C0GENERAL", EVERY_RIGHT, **LET_IN)

    def type(self, line: str, user: str = "U0ANA") -> None:
        try:
            asked = inline.read(registry(), line)
            self.run(asked.command.name, asked.checked(), line, user)
        except Refused as refused:
            self.keep(line, str(refused.sentence))

    def run(self, name: str, args: Any, label: str, user: str = "U0ANA", *, turn: bool = True) -> None:
        """Run it as a request does, with the buttons that it gets, and what is behind its pages."""
        command = registry().asked(name)
        request = self.request(user)
        self.ran.add(name)
        try:
            with self.database.begin(EVERYTHING, write=command.writes) as tx:
                reply = command.run(args, request, tx)
        except (Refused, Refusal) as error:
            self.keep(label, str(registry().refused(error).sentence))
            return
        furnished, kept = furnish(reply, command, args, request) if not command.writes else (reply, [])
        with self.database.begin(EVERYTHING, write=True) as tx:
            for answer in kept:
                answers.keep(tx, answer)
        self.keep(label, furnished.text, furnished.blocks)
        for place, (_label, page) in enumerate(reply.pages if turn and self.turns_pages else ()):
            if f"{name} {page!r}" not in self.ran:
                self.ran.add(f"{name} {page!r}")
                # a button of Home is answered by another command, and turns that one's pages
                turned = next((one.name for one in registry().commands.values() if one.args is type(page)), name)
                self.run(turned, page, f"{label} → {place}", user, turn=False)

    def keep(self, label: str, *said: Any) -> None:
        self.texts[label] = "\n".join([self.texts.get(label, ""), *strings(said)])
        for block in dicts(said):
            if block.get("type") == "button":
                shown = self.buttons[block["action_id"].partition(":")[0]]
                shown += [block["value"]] if block["value"] not in shown else []

    def press(self, action: str, turn: int, user: str = "U0OMAR") -> None:
        """Press a button that was shown, as the bot does: its value is the first argument; the rest is filled in, as in its form."""
        command = registry().actions[action]
        values = self.filled(command, turn)
        self.open_form(action, values)
        self.ran.add(action)
        try:
            self.run(action, inline.check(command, values), f"press {action} {turn}", user)
        except Refused as refused:
            self.keep(f"press {action} {turn}", str(refused.sentence))

    def filled(self, command: Command, turn: int) -> dict[str, Any]:
        """What a form is sent with: of several buttons of this kind another one each turn."""
        wanted = list(arguments(command.args))
        shown = self.buttons.get(command.name) or ["1"]
        values = {wanted[0].name: shown[turn % len(shown)]} if command.name in registry().actions and wanted else {}
        return {**{one.name: FILLED[one.name] for one in wanted if (one.required or one.name == "due") and one.name in FILLED}, **values}

    def open_form(self, name: str, values: Mapping[str, Any]) -> None:
        command = registry().asked(name)
        if command.title is None:
            return
        given = {one: value for one, value in values.items() if value != TYPED}
        request, labels, notes = self.request("U0OMAR"), {}, []
        try:
            with self.database.begin(EVERYTHING) as tx:
                notes = [note] if command.ready and (note := command.ready(given, request, tx)) else []
                for argument in arguments(command.args):
                    if argument.ask.options and argument.name in given and not argument.is_reference:
                        labels[argument.name], given[argument.name] = (
                            registry().options[argument.ask.options].meant(given[argument.name], request, tx)
                        )
        except (Refused, Refusal) as error:
            self.keep(f"form {name}", str(registry().refused(error).sentence))
            return
        self.keep(f"form {name}", form(command, given, self.policy, channel="C0GENERAL", labels=labels, notes=notes))

    def look_for_options(self) -> None:
        with self.database.begin(EVERYTHING) as tx:
            for name, options in registry().options.items():
                for typed in ("", "Vltava Kov", "VK-01", "a"):
                    found = options.find(typed, self.request(), tx)
                    self.texts[f"options {name} “{typed}”"] = "\n".join(label for label, _value in found)

    def look_at_home(self) -> None:
        with self.database.begin(EVERYTHING) as tx:
            for user in ("U0ANA", "U0MEI", "U0OMAR", "U0BEN"):
                self.keep(f"home of {user}", home(self.request(user), tx))

    def load_readings(self) -> None:
        """New readings of one customer, each an event of its own."""
        for minute, row in enumerate(READINGS, 1):
            with tempfile.TemporaryDirectory() as folder, masking.unmasked():
                file = Path(folder) / f"readings-{minute}.csv"
                file.write_text(f"customer,indicator,as_of,value,source\n{row},customer\n", "utf-8")
                at, after = MONDAY + timedelta(minutes=minute), follow_up(self.policy, file=file.name, by="test")
                run_import(self.database, "observations", file, at=at, progress=False, after_load=after)

    def load_letters(self) -> None:
        """Letters that have fallen far: of one customer by itself, and of several at once."""
        for minute, customers in enumerate((SOUND[:1], SOUND[1:]), 6):
            rows = "".join(f"{one},{letter},S&P\n" for one in customers for letter in ("AA,2026-03-31", "B,2026-10-31"))
            with tempfile.TemporaryDirectory() as folder, masking.unmasked():
                file = Path(folder) / f"letters-{minute}.csv"
                file.write_text(f"customer,rating,as_of,agency\n{rows}", "utf-8")
                at, after = MONDAY + timedelta(minutes=minute), follow_up(self.policy, file=file.name, by="test")
                run_import(self.database, "ratings", file, at=at, progress=False, after_load=after)
                scoring.score(self.database, self.policy, At(at), by="test")

    def let_the_clock_run(self) -> None:
        """Every job of every name, as the clock asks for it."""
        for job in registry().jobs.values():
            with self.database.begin(EVERYTHING, write=True) as tx:
                for name in job.slots(self.policy, tx):
                    job.run(name, LATER.date(), LATER, self.policy, tx)

    def read_about_approvals(self) -> None:
        """Steps, reminders and minutes, which take days and committees, of every approval as it stands."""
        with self.database.begin(EVERYTHING) as tx:
            for notice in registry().notices.values():
                if not any(of.kind.startswith("approval.") for of in notice.on):
                    continue
                for number in range(1, 60):
                    told = {"subject": f"A-{number}", "at": LATER.isoformat(), "customer": "VK-01", "actor": "U0ANA"}
                    if message := notice.render(told, self.policy, tx):
                        self.told.add(notice.name)
                        self.keep(f"notice {notice.name} A-{number}", message.text, message.blocks)

    def read_about_risks(self) -> None:
        """The end of a retention, and a control that was not tested in time, which take months."""
        notice = registry().notices["risk.review"]
        with self.database.begin(EVERYTHING) as tx:
            for number in range(1, 10):
                for more in ({"until": LATER.date().isoformat()}, {"before": 1, "level": 3}):
                    if message := notice.render({"subject": f"R-{number}", **more}, self.policy, tx):
                        self.told.add(notice.name)
                        self.keep(f"notice {notice.name} R-{number}", message.text, message.blocks)

    def read_the_digest(self) -> None:
        """Each section by itself, over a week: what a digest has no room for is looked at too."""
        about = Span(WEEK_AGO, LATER, ENGLISH.tzinfo, ALL)
        with self.database.begin(EVERYTHING) as tx:
            for section in registry().sections:
                if part := section.part(about, self.policy, tx):
                    self.told.add(f"section {section.name}")
                    self.keep(f"section {section.name}", [str(part.heading), str(part.standing or ""), part.lines])
            said = compose(tx, self.policy, about)
            self.keep("digest", said.message.text, said.message.blocks, said.detail and said.detail.blocks)

    def carry(self) -> None:
        """Whatever was queued, as it would be posted."""
        while True:
            with self.database.begin(EVERYTHING, write=True) as tx:
                delivery = deliveries.claim(tx, owner="test", now=MONDAY + timedelta(days=400), lease=timedelta(minutes=2))
                if delivery is None:
                    return
                message = registry().notices[delivery.notice].render(delivery.facts, self.policy, tx)
                deliveries.finish(tx, delivery, owner="test", state="sent", channel="C0", ts=str(delivery.seq))
            self.told.add(delivery.notice)
            if message is not None:
                self.keep(f"notice {delivery.notice} {delivery.seq}", message.text, message.blocks)

    def ask_everything(self) -> None:
        """Everything that can be typed, and what was queued before."""
        with reading(self.reader):
            self.carry()
            for line in [*(line for command in registry().commands.values() for line in command.examples), *LINES]:
                self.type(line)

    def do_everything(self) -> None:
        """Every button, form, list of options and job, Home, and what people are told of it all."""
        with reading(self.reader):
            self.load_readings()
            self.load_letters()
            self.carry()
            for name, command in registry().commands.items():
                self.open_form(name, self.filled(command, 0))
            for turn in range(TURNS):
                for place, action in enumerate(registry().actions):
                    # by turns: what one of them has set another finds met
                    self.press(action, turn + place, ("U0OMAR", "U0EVA")[turn % 2])
                self.carry()
                self.type("approvals")
                self.type("approvals conditions", "U0EVA")
                if turn == 0:
                    self.read_the_digest()
            for key in list(self.buttons["approval.approve"]):
                self.run("approval.approve", inline.check(registry().actions["approval.approve"], {"key": key}), f"approve {key}", "U0OMAR")
            self.type(f'override VK-01 model "{TYPED}"')
            self.type(f'default VK-01 end "{TYPED}"')
            self.type("default VK-01")
            self.look_at_home()
            self.look_for_options()
            self.read_about_approvals()
            self.read_about_risks()
            self.let_the_clock_run()
            self.carry()


def strings(value: Any) -> Iterator[str]:
    """Everything that can be read, wherever it stands."""
    if isinstance(value, dict):
        for name, entry in value.items():
            if name not in UNSEEN:
                yield from strings(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from strings(entry)
    elif value is not None and not isinstance(value, bool | int):
        yield str(value)


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for entry in value:
            yield from dicts(entry)
