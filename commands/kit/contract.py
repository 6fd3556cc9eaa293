"""The types that pass between people and the product: a request in, a reply out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from commands.kit.i18n import Reader, Text, _
from commands.kit.input.fields import named
from commands.kit.schedule import Daily
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.characters import is_blank, refused_in
from risk_engine.events import Event
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.references import Reference
from risk_engine.refusals import Refusal
from storage.data.files import Preview, StagedFile
from storage.database import Tx
from storage.delivery.deliveries import Operation
from storage.events import Recorded

R = TypeVar("R", bound=Refusal)
Id = TypeVar("Id", bound=Reference)

Block = dict[str, Any]
Blocks = list[Block]


@dataclass(frozen=True, slots=True)
class Person:
    """A person in Slack."""

    id: str
    name: str
    reader: Reader
    # the other names that Slack has for them
    called: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names by which files refer to an owner or manager: the id, or a typed name."""
        return tuple(dict.fromkeys((self.id, self.name, *self.called)))


class Args(BaseModel):
    """A command's arguments. Field names are typed by people, and are the ``block_id`` in the form and the keys of stored answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_kept(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse text that cannot be stored, and return the rest in plain characters, in every argument, however it was entered."""
        if isinstance(value, str) and (character := refused_in(value)):
            raise PydanticCustomError("character", "a character that cannot be kept", {"character": character})
        if isinstance(value, str) and is_blank(value):
            raise PydanticCustomError("blank", "nothing to read")
        argument = named(cls).get(str(info.field_name)) if isinstance(value, str) else None
        return argument.meant(value) if argument else value


@dataclass(frozen=True, slots=True)
class Authority:
    """A person's rights at this moment, and whose customers they see.

    Attributes:
        given: whether anybody has been given a role; until then the policy's ``before`` holds for everybody.
        departments: those whose customers a ``department`` reach means.
        named: the roles that this very person was given, or has by the bot's setting; no user group's, and no everybody's.
    """

    roles: frozenset[Role]
    rights: frozenset[Right]
    reach: Reach
    departments: frozenset[str] = frozenset()
    given: bool = False
    named: frozenset[Role] = frozenset()


# what stands in for it where nobody was let in: it allows nothing
NOBODY = Authority(frozenset(), frozenset(), Reach.OWN)


def no_files(file: str, kind: str, mapping: str) -> NoReturn:
    """Refuse to read a file where none can be sent."""
    raise Refused(_("Files are read in direct messages with me only."))


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the person, time, place and policy; ``key`` makes it happen once."""

    person: Person
    at: datetime
    policy: Policy
    key: str
    channel: str | None = None
    # resolved afresh in the transaction that carries the request out
    authority: Authority = NOBODY
    # what the process knows to be wrong with itself, for /risk status
    troubles: Sequence[Text] = ()
    # what the process knows of itself that is in order, as label and sentence in the reader's language
    standing: Sequence[tuple[Text, Callable[[], str]]] = ()
    # whether a channel's name or id, as the policy writes it, means the one that is asked from
    is_here: Callable[[str], bool] = lambda channel: False
    # the moment whose knowledge an answer shows again; None is now
    as_of: datetime | None = None
    # somebody's name by their id, for a table in which no mention can stand
    name_of: Callable[[str], str] = str
    # the preview of a file sent to the bot, by its id, a kind and a mapping; empty: as they are guessed
    looked_at: Callable[[str, str, str], Preview] = no_files
    # such a file in staging; whoever asks closes it
    staged: Callable[[str, str, str], StagedFile] = no_files
    # how many full members there are; None if Slack does not say
    members: Callable[[], int | None] = lambda: None
    _: KW_ONLY
    # why nothing can be sent to a channel that the policy would name: it is not there, or outsiders read it
    channel_trouble: Callable[[str], Text | None]
    # whether somebody is let in: a full member, as far as Slack says
    welcome: Callable[[str], bool]
    # whether Slack, asked afresh, confirms that somebody is a full member; None if it does not answer
    confirmed: Callable[[str], bool | None]

    @property
    def user(self) -> str:
        return self.person.id

    @property
    def today(self) -> date:
        """Return the date in the person's time zone."""
        return self.at.astimezone(self.person.reader.tzinfo).date()

    @property
    def day_of_figures(self) -> date:
        """Return the team's own date, as of which scores and breaches are made: a figure has one day, wherever its reader lives."""
        return (self.as_of or self.at).astimezone(self.policy.digest.zone).date()


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG in an answer; ``alt`` describes it for those who do not see it."""

    title: str
    alt: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as a file for a spreadsheet: every row of it, and values instead of words for the eye.

    Attributes:
        name: of the file, without its ending.
        rows: text, numbers, dates or None, a cell a heading.
        customers: the ids of everybody whom it tells of.
        stamp: who made it, when and how; it stands in the file's properties, where it is not in the way of reading the rows in again.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    customers: Collection[str]
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: ``text`` carries the gist; blocks the detail.

    Attributes:
        shareable: whether *Share to channel* stands under it.
        pages: other pages of the same answer, or other views of it, as (button label, arguments).
        actions: buttons that do something about its subject; they stand above the others, and not under a shared answer.
        forms: forms that it offers, as (button label, command, values to begin with).
        replaces: whether it takes the place of the message whose button was pressed.
        sheet: sent to the asker as a file.
        shown: ids of customers that it tells of without naming them through ``masking``.
        noted: its entries in the trail, handed over for writing before it is sent; who was shown which customer is written without it.
    """

    text: str
    blocks: Blocks = field(default_factory=list)
    shareable: bool = False
    pages: Sequence[tuple[Text, Args]] = ()
    actions: Sequence[Block] = ()
    forms: Sequence[tuple[Text, str, Mapping[str, Any]]] = ()
    replaces: bool = False
    sheet: Sheet | None = None
    shown: Sequence[str] = ()
    noted: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message for delivery: summary and blocks; ``metadata`` is for machines and not shown."""

    text: str
    blocks: Blocks = field(default_factory=list)
    metadata: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A refusal in words; ``field`` names the argument concerned, if any."""

    def __init__(self, sentence: Text, *, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True)
class EventWords:
    """The words of the trail for one type of event.

    Attributes:
        what: what happened, as it follows whoever did it.
        facts: the facts that stand under it, by their stored names and in this order.
    """

    of: type[Event]
    what: Text
    facts: Sequence[str] = ()

    @property
    def kind(self) -> str:
        return self.of.kind


@dataclass(frozen=True, slots=True)
class RefusalWords(Generic[R]):
    """The words for one type of refusal of the engine."""

    of: type[R]
    say: Callable[[R], Refused]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that people may ask, by slash command or by button.

    Attributes:
        name: the word after ``/risk``, or ``noun.verb`` for a button.
        right: what it takes to give it; nobody can leave that out.
        args: what it takes.
        run: what it does; the transaction is open, and writes only if ``writes`` says so.
        summary: one line of help.
        examples: lines to try, without ``/risk``.
        title, submit: of its form; 24 characters at most.
        order: its place in help and in the menus, the lowest first.
        fills: the values that a form begins with, besides the given ones.
        ready: says what a form is about, or refuses before one is opened that could only be refused afterwards.
        sheet: the whole answer for a spreadsheet; with it *Export* stands under the answer.
        more: the command that is meant when more words follow than this one takes.
        posts: whether it makes something appear in the channel, for all who read there: refused where outsiders read, or I am not.
        classification: of its answer: it is shared, and posts, only in channels that may carry that.
        stands_for: the question that it asks for whoever presses, which gives the answer its buttons; None if it is one itself.
        replaces: whether its answer takes the place of the message whose button was pressed.
        shares: the key of the answer that it posts in the channel.
    """

    name: str
    args: type[Any]
    run: Callable[[Any, Request, Tx], Reply]
    summary: Text
    _: KW_ONLY
    right: Right
    classification: Secrecy
    examples: Sequence[str] = ()
    writes: bool = False
    title: Text | None = None
    submit: Text | None = None
    ready: Callable[[Mapping[str, Any], Request, Tx], str | None] | None = None
    fills: Callable[[Mapping[str, Any], Request, Tx], Mapping[str, Any]] | None = None
    order: int = 50
    sheet: Callable[[Any, Request, Tx], Sheet] | None = None
    more: str | None = None
    posts: bool = False
    stands_for: Callable[[Any, Request, Tx], tuple[Command, Any, Request]] | None = None
    replaces: bool = False
    shares: Callable[[Any], str] | None = None


def meant(command: Command, args: Any, request: Request, tx: Tx) -> tuple[Command, Any, Request]:
    """Return the question behind a button, which may be another button's; a command that stands for no other stands for itself."""
    while command.stands_for:
        command, args, request = command.stands_for(args, request, tx)
    return command, args, request


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of Slack's menus that opens a command's form.

    Attributes:
        prefill: from the message's text and link to argument values; None for a global shortcut.
        named: the argument values that a search of the book finds in the message's text.
    """

    callback_id: str
    name: str
    description: str
    command: str
    prefill: Callable[[str, str | None], Mapping[str, Any]] | None = None
    named: Callable[[str, Tx], Mapping[str, Any]] = lambda text, tx: {}


@dataclass(frozen=True, slots=True)
class Options:
    """The source of options of a searching select.

    Attributes:
        find: options for typed text, as (label, value).
        meant: the only option that a text can mean; None if there are several or none.
        described: a few words about each of these values, by value.
    """

    name: str
    find: Callable[[str, Request, Tx], Sequence[tuple[str, str]]]
    meant: Callable[[str, Request, Tx], tuple[str, str] | None]
    described: Callable[[Sequence[str], Request, Tx], Mapping[str, str]] = lambda values, request, tx: {}


@dataclass(frozen=True, slots=True)
class To:
    """A notice's audience, operation and reason."""

    audience: str
    reason: str
    operation: Operation = Operation.POST


@dataclass(frozen=True, slots=True)
class Many:
    """A rule that combines many notices to one audience into one.

    Attributes:
        notice: the name of the notice that is sent in their place; its facts name their ``subjects`` by kind of event.
        over: of more events than this.
    """

    notice: str
    over: Callable[[Policy], int]
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an event.

    Attributes:
        on: the events that it listens to.
        route: whom to tell; an empty list tells nobody.
        render: the message, written when it is sent; None when there is nothing left to say.
        thread: the subject whose messages stay in order; the event's subject unless said otherwise.
        classification: in a channel that may carry less it goes out masked, or waits.
        many: how it is told together with others of its kind; None if each is told by itself.
    """

    name: str
    on: Sequence[type[Event]]
    route: Callable[[Recorded, Policy, Tx], Sequence[To]]
    render: Callable[[Mapping[str, Any], Policy, Tx], Message | None]
    _: KW_ONLY
    classification: Secrecy
    many: Many | None = None


@dataclass(frozen=True, slots=True)
class Subject(Generic[Id]):
    """A kind of thing that an approval can be about.

    Attributes:
        of: the kind of its ids.
        again: the command that proposes anew what was returned.
        line: what it is, after its customer's name; None when it is not on record any more.
        asks: what an approver is asked for, as a title; it is given the customer's name, and is None like ``line``.
        follows: what happens next once it is approved, in a sentence.
        effects: references that count among a score's reasons because of the request itself, such as the risk that was logged with it.
        facts: label and value of what it takes to decide.
        settle: carries a decision out, or its end without one.
        kind: what the policy calls such a request: who decides depends on it.
        picture: the subject's own facts in JSON values, where they can change while it waits.
        protected: whether it takes an administrator and a risk manager, whatever the table of authorities says.
        gives: what its approval would give to whom, a sentence each.
        still_possible: refuses in words what could not be carried out any more, before a yes is taken.
        granted: what its maker is handed once it is approved.
    """

    of: type[Id]
    again: str
    line: Callable[[Tx, Id], Sequence[Any] | None]
    facts: Callable[[Tx, Id], Sequence[tuple[Text, Any]]]
    settle: Callable[[Tx, Id, ProposalState], None]
    kind: Callable[[Tx, Id], ApprovalKind]
    picture: Callable[[Tx, Id, Policy], Mapping[str, Any]] = lambda tx, id, policy: {}
    gives: Callable[[Tx, Id], Sequence[Text]] = lambda tx, id: ()
    granted: Callable[[Tx, Id], Blocks] = lambda tx, id: []
    follows: Callable[[Tx, Id], Text | None] = lambda tx, id: None
    effects: Callable[[Tx, Id], Collection[str]] = lambda tx, id: ()
    _: KW_ONLY
    asks: Callable[[Tx, Id, str], Text | None]
    protected: Callable[[Tx, Id], bool]
    still_possible: Callable[[Tx, Id, Request], None]


@dataclass(frozen=True, slots=True)
class Card(Generic[Id]):
    """The answer to a typed id: ``/risk show T-2``.

    Attributes:
        of: the kind of its ids.
        show: the thing with this id; it refuses in words where there is none.
    """

    of: type[Id]
    show: Callable[[Id, Request, Tx], Reply]


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled job: each of its names runs at a local time on some weekdays, once a date.

    Attributes:
        slots: the schedule of each name; the names may come from the database.
        run: does it for one name and date.
    """

    name: str
    slots: Callable[[Policy, Tx], Mapping[str, Daily]]
    run: Callable[[str, date, datetime, Policy, Tx], None]
