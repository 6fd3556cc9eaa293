"""/risk people: everybody's roles, or one's own with their rights."""

from __future__ import annotations

from typing import Annotated, Any

from commands.kit import blocks, tables
from commands.kit.access.authority import authority_of, may, refusal, whom_to_ask
from commands.kit.contract import Args, Authority, Blocks, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, ngettext, pgettext
from commands.kit.input.fields import Ask, Page, Someone
from commands.kit.paging import no_page, turns
from commands.kit.registry import registry
from commands.kit.wording import role_words, words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.membership import Member
from risk_engine.people.roles import Right, Role
from storage.database import Tx
from storage.people import people

PAGE = 15


class PeopleArgs(Args):
    person: Annotated[Someone | None, Ask(_("Person"), person=True, outsiders=True)] = None
    page: Page = 1


def show(args: PeopleArgs, request: Request, tx: Tx) -> Reply:
    """Return everybody's roles for administrators and auditors, otherwise one's own."""
    looks_after = bool({Right.ADMINISTER, Right.AUDIT} & request.authority.rights)
    if args.person is not None and args.person != request.user:
        if not looks_after:
            raise Refused(refusal(tx, Right.ADMINISTER, request))
        return _one(args.person, request, tx)
    if args.person == request.user or not looks_after:
        return _mine(request, tx)
    return _everybody(args, request, tx)


# --- one person ------------------------------------------------------------------------------------------------------


def _mine(request: Request, tx: Tx) -> Reply:
    heading = _("Your roles: {roles}").format(roles=role_words.roles(request.authority.roles))
    asking = _("For further rights, ask {whom}.").format(whom=whom_to_ask(tx, request.policy, request.user))
    lines = [
        blocks.header(heading),
        blocks.facts(_facts(request.user, request.authority, request)),
        *([] if request.authority.given else [blocks.paragraph(_nobody_has(request))]),
        blocks.paragraph(blocks.bold(_("The roles, and what they allow"))),
        blocks.bullets(role_words.each(request.policy)),
        blocks.sentence(asking),
    ]
    if "delegate" in registry().commands and Right.DECIDE in request.authority.rights:
        lines.append(blocks.note(_("/risk delegate lets somebody decide on your behalf for a limited time.")))
    return Reply(blocks.marked(heading), lines)


def _one(person: str, request: Request, tx: Tx) -> Reply:
    authority = authority_of(tx, person, request.policy)
    roles = role_words.roles(authority.roles) if request.welcome(person) else str(_("none in effect: this account has no access"))
    gist = _("{person}: {roles}").format(person=blocks.mention(person), roles=roles)
    line = blocks.paragraph(blocks.person(person), "  ", blocks.bold(roles))
    return Reply(blocks.marked(gist), [line, blocks.facts(_facts(person, authority, request)), *_since(people.get(tx, person))])


def _facts(person: str, authority: Authority, request: Request) -> list[tuple[Text, Any]]:
    reads = Right.READ in authority.rights
    departments = listed(sorted(authority.departments))
    return [
        (pgettext("rights", "May"), role_words.rights(authority.rights)),
        (_("Sees"), str(role_words.REACHES[authority.reach]) if reads else str(_("no customers"))),
        (_("Departments"), departments or str(pgettext("empty list", "none"))),
        *_elsewhere(person, request),
    ]


def _elsewhere(person: str, request: Request) -> list[tuple[Text, Any]]:
    """Return roles that somebody holds without an assignment."""
    rules = request.policy.roles
    lines: list[tuple[Text, Any]] = []
    if by_group := rules.by_group(person):
        lines.append((_("By user group"), role_words.roles(by_group)))
    if person in rules.administrators:
        lines.append((_("By setting"), str(_("administrator (RISKBOT_ADMINS)"))))
    return lines


def _since(member: Member) -> Blocks:
    if member.given_at is None:
        return []
    return [
        blocks.paragraph(
            *blocks.around(_("Changed by {who}"), who=blocks.person(member.given_by or "")), f" · {words.moment(member.given_at)}"
        )
    ]


# --- everybody -------------------------------------------------------------------------------------------------------


def _everybody(args: PeopleArgs, request: Request, tx: Tx) -> Reply:
    count, members = people.page(tx, limit=PAGE, offset=PAGE * (args.page - 1))
    pages = max(1, -(-count // PAGE))
    if args.page > pages:
        raise Refused(no_page(args.page, pages), field="page")
    heading = ngettext("{n} person holds a role or a department", "{n} people hold a role or a department", count)
    if not count:
        heading = _("No role has been assigned")
    body = [blocks.header(heading), *([_table(members, request)] if members else [])]
    if not request.authority.given:
        body.append(blocks.paragraph(_nobody_has(request)))
    body += [*_without_being_given(request), *_ways_on(request)]
    return Reply(blocks.marked(heading), body, pages=turns(args, pages))


def _nobody_has(request: Request) -> Text:
    sentence = _("No role has been assigned yet: every full member acts as {roles}. The four-eyes rule still applies.")
    return sentence.format(roles=role_words.roles(request.policy.roles.before))


def _table(members: Any, request: Request) -> dict[str, Any]:
    rows = [_row(member, request) for member in members]
    return tables.table([_("Name"), _("Roles"), _("Departments"), _("Since")], rows, caption=_("People and their roles"))


def _row(member: Member, request: Request) -> list[object]:
    gone = "" if request.welcome(member.id) else " ⛔"
    since = words.day(member.given_at.astimezone(request.person.reader.tzinfo).date()) if member.given_at else "–"
    held = role_words.roles(member.roles) if member.roles else "–"
    return [f"{request.name_of(member.id)}{gone}", held, listed(sorted(member.departments)) or "–", since]


def _without_being_given(request: Request) -> Blocks:
    """Return the holders of roles through the bot's settings or Slack's user groups."""
    rules = request.policy.roles
    lines: list[list[Any]] = []
    if rules.administrators:
        who = [piece for person in sorted(rules.administrators) for piece in (" ", blocks.person(person))]
        lines.append([_("By setting (RISKBOT_ADMINS):"), *who, " · ", words.label(Role.ADMINISTRATOR)])
    for group, role in rules.groups.items():
        played = rules.players_of(group)
        size = ngettext("{n} member", "{n} members", len(played)) if played else _("Slack lists no members: nobody")
        lines.append([_("User group"), f" {group} · {words.label(role)} · ", size])
    return [blocks.bullets(lines)] if lines else []


def _ways_on(request: Request) -> Blocks:
    command = registry().commands["people set"]
    if not may(command, request):
        return []
    return [
        blocks.buttons(blocks.button("form.new:people", _("Assign roles…"), command.name, style="primary")),
        blocks.note(_("Or type: /risk people @ada analyst,approver department=Corporate; “none” removes all roles.")),
    ]


COMMAND = Command(
    "people",
    PeopleArgs,
    show,
    classification=Secrecy.RESTRICTED,
    right=Right.OPEN,
    summary=_("Your roles and rights; for administrators and auditors, everyone's"),
    examples=["people", "people @ada", "people @ada analyst,approver", "people @ada none"],
    order=72,
    more="people set",
)
