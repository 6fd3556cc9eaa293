"""Questions: a snapshot for reading, the answer with its buttons, and its trail entries, for which no answer waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.delivering.files import send_sheet
from bot.working.desk import PATIENCE, Desk
from bot.working.ticket import Ticket
from commands.delivery import quota, reads, secrecy_words
from commands.delivery.share import furnish
from commands.kit.access import masking
from commands.kit.contract import Person, Refused, Reply, Request, Sheet, meant
from risk_engine.events import Event
from storage.sight import EVERYTHING


def look(desk: Desk, ticket: Ticket, person: Person) -> Reply:
    """Return the answer to a question; its trail entries and buttons' data are handed over for writing.

    Raises:
        Refused: in words.
    """
    asked, given = desk.asked(ticket)
    with desk.looking(ticket, person, asked.right) as (request, tx):
        command, args, request = meant(asked, given, request, tx)
        with masking.noting() as named:
            reply = command.run(args, request, tx)
        noted = reads.noted(reply, named, command.name, request, tx)
    if reply.sheet is not None:
        if held := _taken_along(desk, reply.sheet, args.key, noted, request):
            return held
        noted = []
    furnished, kept = furnish(reply, command, args, request)
    desk.notes.keep(kept, noted, request.policy)
    return replace(furnished, replaces=asked.replaces and bool(kept))


def _taken_along(desk: Desk, sheet: Sheet, answer: str, noted: Sequence[Event], request: Request) -> Reply | None:
    """Send a file to the asker, or return a reply if it exceeds their limit for files.

    Raises:
        Refused: the policy forbids files.
    """
    if no := secrecy_words.no_files(request.policy.privacy):
        raise Refused(no)
    # no file without its entry in the trail; counted in the write, so that of two at once the second sees the first
    with desk.database.begin(EVERYTHING, write=True, patience=PATIENCE) as tx:
        held = quota.taken(sheet, answer, noted, request, tx)
    if held is None:
        send_sheet(desk.client, request.user, sheet)
    return held
