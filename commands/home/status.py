"""/risk status: the health of everything that should reach people."""

from __future__ import annotations

from datetime import timedelta

from commands.delivery import outbox_words
from commands.digest import editions
from commands.kit import blocks
from commands.kit.contract import Args, Command, Reply, Request
from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.customers import customers
from storage.data.sample_book import is_sample
from storage.database import Tx
from storage.delivery import deletions, inbox, jobs, outbox
from storage.scoring import overrides

# a message that has been retried for longer than this is stuck
PATIENCE = timedelta(minutes=2)
A_DAY = timedelta(hours=24)


class StatusArgs(Args):
    pass


def status(args: StatusArgs, request: Request, tx: Tx) -> Reply:
    stuck = outbox.causes(tx, before=request.at - PATIENCE)
    troubles = [["⚠️  ", trouble] for trouble in request.troubles]
    troubles += [["⚠️  ", *outbox_words.cause(cause, request.policy)] for cause in stuck]
    failed = inbox.failed(tx, since=request.at - A_DAY)
    troubles += [["⚠️  ", _failed(len(failed))]] if failed else []
    troubles += [
        ["⚠️  ", _("{job} of {slot} failed {n} times and was given up").format(job=job, slot=slot, n=jobs.ATTEMPTS)]
        for job, slot in jobs.given_up(tx, now=request.at)
    ]
    troubles += [["⚠️  ", _not_deleted(count).format(audience=audience), f": {error}"] for audience, error, count in deletions.refused(tx)]
    digest = jobs.last_done(tx, "digest")
    # readers without access to customers must not learn their number either
    counted = [(_("Customers"), str(customers.count(tx))), (_("Overrides in force"), str(overrides.count(tx, on=request.today)))]
    standing = [
        *(counted if Right.READ in request.authority.rights else []),
        (_("Indicators watched"), str(len(request.policy.kri))),
        (_("Channels with a digest"), str(sum(edition.runs for edition in editions(request.policy, tx)))),
        (_("Last digest"), words.moment(digest) if digest else str(_("none yet"))),
    ]
    standing += [(label, say()) for label, say in request.standing]
    if request.policy.privacy.masked:
        standing.append((_("Privacy"), str(_("masked: customers by id and colour, figures on request"))))
    if is_sample(tx):
        standing.append((_("Book"), str(_("the sample book: all of its borrowers are invented"))))
    more = (
        [blocks.note(_("/risk outbox lists each message and can send it again."))]
        if stuck and Right.ADMINISTER in request.authority.rights
        else []
    )
    heading = ngettext("{n} item needs attention", "{n} items need attention", len(troubles)) if troubles else _("Everything is in order")
    body = [blocks.header(heading), *([blocks.bullets(troubles)] if troubles else []), *more, blocks.facts(standing)]
    return Reply(blocks.marked(heading), body)


def _failed(count: int) -> Text:
    return ngettext(
        "{n} request in the last 24 hours failed through an internal error",
        "{n} requests in the last 24 hours failed through an internal error",
        count,
    )


def _not_deleted(count: int) -> Text:
    return ngettext("{n} message to {audience} could not be deleted", "{n} messages to {audience} could not be deleted", count)


COMMAND = Command(
    "status",
    StatusArgs,
    status,
    right=Right.OPEN,
    summary=_("Status of channels, messages and schedules"),
    examples=["status"],
    order=80,
    classification=Secrecy.INTERNAL,
)
