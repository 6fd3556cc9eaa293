"""Files sent to the bot: a preview with buttons, another mapping, and the import, once, by a person with the right for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.data import doubts
from commands.data.after_load import follow_up
from commands.data.file_words import accepted_in_words, map_in_words, refusal_in_words
from commands.data.preview_report import columns, oddities, summary, table
from commands.delivery import secrecy_words, share
from commands.kit import blocks
from commands.kit.access.masking import masked
from commands.kit.contract import Args, Blocks, Command, Options, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.input.fields import Ask, Key
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Reach, Right
from risk_engine.policy.policy import Policy
from storage.data import facts
from storage.data.facts import Loaded
from storage.data.files import KIND_NAMES, MapRefused, Preview, StagedFile, parse_mapping, reject_rows, written
from storage.data.files import Mapping as FileMapping
from storage.database import Tx
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.sight import EVERYTHING

_LISTED = 10
_LONGEST = 3000
# the quotation marks that a phone makes of straight ones
_STRAIGHT = str.maketrans("“”„‟‘’", '""""\'\'')
SlackFile = Annotated[str, Field(pattern=r"^F[A-Z0-9]{2,30}$"), Ask(_("File"), hidden=True)]
Toml = Annotated[str | None, Field(max_length=_LONGEST), Ask(_("Mapping"), multiline=True, verbatim=True, asked=True)]
Kind = Annotated[str, Field(max_length=60), Ask(_("Kind of file"), options="file_kind")]


class LookArgs(Args):
    file: SlackFile
    kind: Kind | None = None


class FileArgs(Args):
    key: Key


class MapArgs(Args):
    key: Key
    kind: Kind
    mapping: Toml = None


def look(args: LookArgs, request: Request, tx: Tx) -> Reply:
    """Answer a sent file with its preview, and with the buttons that import it, change its mapping or forget it."""
    kind = args.kind if args.kind in KIND_NAMES else None
    return _preview(args.file, kind, "", request, tx)


def _preview(file: str, kind: str | None, mapping: str, request: Request, tx: Tx) -> Reply:
    _refuse_a_narrow_sight(request)
    found = request.looked_at(file, kind or "", mapping)
    read_by = mapping or written(found.mapping)
    expires = request.at + timedelta(days=request.policy.retention.answers)
    arguments = {"file": file, "name": found.file, "kind": found.kind, "mapping": read_by}
    answer = Answer(uuid.uuid4().hex, "file.look", arguments, request.user, request.at, expires)
    answers.keep(tx, answer)
    gist = summary(found)
    # a file may name any customer, and its sender sees them all
    odd = [*oddities(found), *doubts.in_preview(found, request.policy, replace(tx, sight=EVERYTHING))]
    return Reply(blocks.marked(gist), [blocks.paragraph(blocks.bold(gist)), *_body(found, odd), _buttons(found, answer.key)])


def _refuse_a_narrow_sight(request: Request) -> None:
    """Refuse people who see some customers only: a file may hold any, and would tell which ones are on record."""
    if request.authority.reach is not Reach.ALL:
        raise Refused(_("Importing a file takes a role that sees all customers."))


def _body(found: Preview, odd: Sequence[Text]) -> Blocks:
    body = [blocks.paragraph(_("Columns"), ": ", blocks.quoted(listed(str(line) for line in columns(found))))]
    if found.rows and not masked():
        body += [blocks.paragraph(blocks.bold(_("First rows as understood"))), blocks.preformatted(table(found))]
    if odd:
        body.append(blocks.headed(_("What looks odd"), [[blocks.quoted(str(line))] for line in odd[:_LISTED]]))
    body.append(blocks.note(_("Nothing is imported until you press Import.")))
    return body


def _buttons(found: Preview, key: str) -> dict[str, Any]:
    """Return the buttons; a file that cannot be read in this way has none to import it."""
    ready = found.kind is not None and found.trouble is None
    importing = [blocks.button("file.import", _("Import"), key, style="primary")] if ready else []
    return blocks.buttons(*importing, blocks.button("file.map", _("Change mapping"), key), blocks.button("file.cancel", _("Cancel"), key))


# --- another mapping ----------------------------------------------------------------------------------------------------


def change_mapping(args: MapArgs, request: Request, tx: Tx) -> Reply:
    """Show the preview again, by another kind or mapping; a mapping of the kind before says nothing about another one."""
    if args.kind not in KIND_NAMES:
        raise Refused(_("“{kind}” is no kind of file. Try {kinds}.").format(kind=args.kind, kinds=listed(KIND_NAMES)), field="kind")
    before = _own(args.key, request, tx)
    mapping = (args.mapping or "").translate(_STRAIGHT)
    parsed = _parsed(mapping)
    if parsed and args.kind != before["kind"] and (parsed == _parsed(str(before["mapping"])) or parsed.section(args.kind) is None):
        mapping = ""
    return _preview(str(before["file"]), args.kind, mapping, request, tx)


def _parsed(mapping: str) -> FileMapping | None:
    try:
        return parse_mapping(mapping.encode()) if mapping.strip() else None
    except MapRefused as refusal:
        raise Refused(map_in_words(refusal.problems[0]), field="mapping") from None


def fill(values: Mapping[str, Any], request: Request, tx: Tx) -> Mapping[str, Any]:
    """Return the first values of the form: the kind and the mapping of the preview."""
    before = _own(str(values["key"]), request, tx)
    return {"kind": before["kind"], "mapping": before["mapping"]}


def _own(key: str, request: Request, tx: Tx) -> Mapping[str, Any]:
    """Return the preview behind a button: people import only files of which they saw the preview."""
    answer = share.kept(key, request, tx)
    if answer.command != "file.look" or answer.person != request.user:
        raise Refused(_("This file was sent by somebody else, who alone may import it."))
    return answer.arguments


def cancel(args: FileArgs, request: Request, tx: Tx) -> Reply:
    """Import nothing."""
    name = _own(args.key, request, tx)["name"]
    return Reply(blocks.marked(_("Nothing was imported from {file}.").format(file=name)), replaces=True)


def kind_options(text: str, request: Request, tx: Tx) -> Sequence[tuple[str, str]]:
    return [
        (str(words.heading(name)), name) for name in KIND_NAMES if text.lower() in name or text.lower() in str(words.heading(name)).lower()
    ]


def kind_meant(text: str, request: Request, tx: Tx) -> tuple[str, str] | None:
    return (str(words.heading(text)), text) if text in KIND_NAMES else None


# --- the import ---------------------------------------------------------------------------------------------------------


def load(args: FileArgs, request: Request, tx: Tx) -> Reply:
    """Import the whole file, or nothing if a row is refused."""
    return _load(args.key, request, tx, skip_bad=False)


def load_rest(args: FileArgs, request: Request, tx: Tx) -> Reply:
    """Import the valid rows of the file."""
    return _load(args.key, request, tx, skip_bad=True)


def _load(key: str, request: Request, tx: Tx, *, skip_bad: bool) -> Reply:
    _refuse_a_narrow_sight(request)
    kept = _own(key, request, tx)
    # a load is bookkeeping: it compares with every fact on record
    book = replace(tx, sight=EVERYTHING)
    staged = request.staged(str(kept["file"]), str(kept["kind"]), str(kept["mapping"]))
    facts.refuse_strangers(book, staged, incidents=request.policy.operational.kinds)
    refused, name = staged.refused_rows, str(kept["name"])
    rejects = _rejects(staged, name, str(kept["mapping"]), request) if refused else None
    loaded = None if refused and not skip_bad else facts.load(book, staged, at=request.at)
    if loaded is not None:
        follow_up(request.policy, file=name, by=request.user)(book, loaded)
    return _said(request.policy, staged, loaded, name, key, rejects)


def _said(policy: Policy, staged: StagedFile, loaded: Loaded | None, name: str, key: str, rejects: Sheet | None) -> Reply:
    lines: list[Text] = []
    if loaded is None:
        gist = _("Nothing was imported from {file}.").format(file=name)
    else:
        gist = _("Imported {file}.").format(file=name)
        lines += [
            _("{kind}: {added} new, {changed} changed, {unchanged} unchanged.").format(
                kind=words.heading(part.name), added=part.added, changed=part.changed, unchanged=part.unchanged
            )
            for part in loaded.parts
        ]
        lines += doubts.implausible(staged.extremes(), policy)
    if refused := staged.refused_rows:
        lines.append(ngettext("{n} row was refused.", "{n} rows were refused.", refused))
        lines += [refusal_in_words(refusal) for refusal in staged.refusals(_LISTED)]
        lines.append(_("All of them, with their reasons, are in the file that I sent you.") if rejects else _("The policy sends no files."))
    body = [blocks.paragraph(blocks.bold(gist)), *([blocks.bullets([[blocks.quoted(str(line))] for line in lines])] if lines else [])]
    if loaded is None:
        others = [blocks.button("file.rest", _("Import the other rows"), key)] if staged.facts else []
        mapped = blocks.button("file.map", _("Change mapping"), key)
        body.append(blocks.buttons(*others, mapped, blocks.button("file.cancel", _("Cancel"), key)))
    return Reply(blocks.marked(gist), body, sheet=rejects)


def _rejects(staged: StagedFile, name: str, mapping: str, request: Request) -> Sheet | None:
    """Return the refused rows with their reasons, for a spreadsheet."""
    if secrecy_words.no_files(request.policy.privacy) is not None:
        return None
    headings, rows = reject_rows(staged, _parsed(mapping), lambda accepted: str(accepted_in_words(accepted)))
    return Sheet(f"{name.rpartition('.')[0] or name}.rejects", headings, rows, ())


# a preview is a change too: it is given once, and its buttons are stored with it
_TERMS: dict[str, Any] = {"right": Right.IMPORT, "writes": True, "classification": Secrecy.CONFIDENTIAL}
ACTIONS = [
    Command("file.look", LookArgs, look, summary=_("Preview of a file"), **_TERMS),
    Command("file.import", FileArgs, load, summary=_("Import a file"), **_TERMS),
    Command("file.rest", FileArgs, load_rest, summary=_("Import the valid rows of a file"), **_TERMS),
    Command(
        "file.map",
        MapArgs,
        change_mapping,
        summary=_("Change the mapping of a file"),
        title=_("Change mapping"),
        submit=_("Preview"),
        fills=fill,
        **_TERMS,
    ),
    Command("file.cancel", FileArgs, cancel, summary=_("Import nothing"), **_TERMS),
]
OPTIONS = [Options("file_kind", kind_options, kind_meant)]
