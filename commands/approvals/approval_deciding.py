"""Decisions on approvals: approve, with conditions, reject, return, abstain, withdraw; each press is answered, each decision made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import deciding
from commands.approvals.cards import approval_words
from commands.approvals.cards.approval_buttons import decision_buttons
from commands.approvals.subjects import subject_line, subject_of
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Args, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, ngettext, pgettext
from commands.kit.input.fields import Ask, Day, Key
from commands.kit.wording import words
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.ballot import Choice
from risk_engine.approvals.proposal import ProposalState
from risk_engine.approvals.refusals import FactsHaveChanged
from risk_engine.audit.secrecy import Secrecy
from risk_engine.due import check_due
from risk_engine.people.roles import Right
from storage.database import Tx

# an approval's key, a dot, and the digest of the facts shown: no approval counts without it
Seen = Annotated[str, Field(pattern=r"^[0-9a-f]{32}(\.[0-9a-f]{12})?$"), Ask(_("Key"), hidden=True)]
Why = Annotated[str, Field(min_length=3, max_length=1000), Ask(_("Why"), multiline=True)]
MOST_CONDITIONS, LONGEST_CONDITION = 10, 300


class ApproveArgs(Args):
    key: Seen


class ReasonArgs(Args):
    key: Seen
    reason: Why


class ConditionArgs(Args):
    key: Seen
    text: Annotated[str, Field(min_length=5, max_length=2000), Ask(_("Conditions"), hint=_("One per line"), multiline=True)]
    due: Annotated[Day | None, Ask(_("Due"), hint=_("Leave empty for the policy's usual term"))] = None


class WithdrawArgs(Args):
    key: Key
    reason: Annotated[str | None, Field(max_length=1000), Ask(_("Why"), multiline=True, asked=True)] = None


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the approval in a line; refuse at once, before a form is filled in, if the person cannot decide it."""
    asked = deciding.to_speak_on(values["key"], request, tx)
    deciding.may_decide(asked, request, tx)
    return _about(asked, tx)


def ready_to_stand_aside(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the approval in a line; refuse at once unless a committee votes and the person can decide."""
    _refuse_without_a_committee(deciding.to_speak_on(values["key"], request, tx))
    return ready(values, request, tx)


def ready_to_withdraw(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the request in a line; refuse at once if it is somebody else's, or closed."""
    asked = deciding.waiting_for(values["key"], tx)
    deciding.may_take_back(asked, request)
    return _about(asked, tx)


def _about(asked: Approval, tx: Tx) -> str:
    return "".join(str(piece["text"] if isinstance(piece, dict) else piece) for piece in subject_line(tx, asked))


def _refuse_without_a_committee(asked: Approval) -> None:
    if asked.stage.committee is None:
        raise Refused(_("{approval} is not decided by vote: leave it to the other approvers.").format(approval=asked.id))


def _decide(
    choice: Choice, key: str, request: Request, tx: Tx, *, reason: str | None = None, conditions: Sequence[tuple[str, date]] = ()
) -> Reply:
    try:
        decided = deciding.decide(key, choice, request, tx, reason=reason, conditions=conditions)
    except FactsHaveChanged:
        return _shown_anew(key, request, tx, conditions)
    if decided.verdict is None:
        return Reply(blocks.marked(_heard(choice, decided)))
    gist = _("{approval} is {verdict}; {maker} has been told.").format(
        approval=decided.id, verdict=words.label(decided.verdict), maker=blocks.mention(decided.maker)
    )
    body = [blocks.sentence(gist), *map(blocks.sentence, _next(decided, tx))]
    return Reply(blocks.marked(gist), body if len(body) > 1 else [])


def _next(decided: Approval, tx: Tx) -> list[Text]:
    """Return the next steps: conditions with their date, and the consequence of the approval."""
    if decided.verdict is ProposalState.RETURNED:
        return [_("It can be proposed again with the missing information.")]
    if decided.verdict is not ProposalState.APPROVED:
        return []
    follows = subject_of(decided).follows(tx, decided.subject)
    found = [follows] if follows else []
    if decided.conditions:
        due = words.day(min(one.due for one in decided.conditions))
        count = ngettext("{n} condition, due on {day}", "{n} conditions, the first due on {day}", len(decided.conditions))
        met = _("{conditions}: someone other than the requester confirms each one as met, with /risk approvals conditions.")
        found.append(met.format(conditions=count.format(day=due)))
    return found


def _heard(choice: Choice, asked: Approval) -> Text:
    """Return the reply to a vote that was not the last one needed."""
    if choice is Choice.RECUSE:
        return _("You have abstained; {approval} awaits the others.").format(approval=asked.id)
    if asked.votes[-1].step < asked.step:
        sentence = _("Your vote is recorded. {approval} moves to step {n} of {all}, for {whom}.")
        return sentence.format(approval=asked.id, n=asked.step + 1, all=len(asked.stages), whom=approval_words.whom(asked.stage))
    sentence = ngettext(
        "Your vote is recorded; {approval} needs {n} more.",
        "Your vote is recorded; {approval} needs {n} more.",
        approval_words.still_needed(asked),
    )
    return sentence.format(approval=asked.id)


def _shown_anew(key: str, request: Request, tx: Tx, conditions: Sequence[tuple[str, date]]) -> Reply:
    """Decide nothing, and show the present facts with new buttons, here and in the channel."""
    asked = deciding.waiting_for(key, tx)
    now = deciding.present(asked, request.policy, tx)
    what = deciding.changed(asked, now)
    record(tx, deciding.refreshed(asked, now, by=request.user, at=request.at), request.policy, request_key=request.key)
    gist = _("The facts have changed since {approval} was shown to you, so nothing was decided: please review them again.")
    if deciding.shown_with(key) is None:
        gist = _("This button does not carry the facts of {approval} that you saw, so nothing was decided: please review them here.")
    body = [blocks.paragraph(blocks.bold(gist.format(approval=asked.id))), blocks.paragraph(*subject_line(tx, asked))]
    if what:
        body += approval_words.warning(what)
    elif deciding.shown_with(key) is not None:
        body.append(blocks.paragraph(_("They are now the same as at the time of the request.")))
    if conditions:
        # keep the text typed into the form
        body += [
            blocks.paragraph(_("Your conditions were not recorded:")),
            blocks.bullets([[blocks.quoted(text)] for text, _due in conditions]),
        ]
    return Reply(str(gist.format(approval=asked.id)), [*body, decision_buttons(asked, request.policy, tx)])


def approve(args: ApproveArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.APPROVE, args.key, request, tx)


def approve_if(args: ConditionArgs, request: Request, tx: Tx) -> Reply:
    """Approve with a condition and its due date."""
    due = args.due or request.today + timedelta(days=request.policy.approvals.condition_days)
    check_due(due, today=request.today)
    texts = [line.strip() for line in args.text.splitlines() if line.strip()]
    if len(texts) > MOST_CONDITIONS or any(not 5 <= len(text) <= LONGEST_CONDITION for text in texts):
        sentence = _("Enter up to {most} conditions, one per line, each of 5 to {longest} characters.")
        raise Refused(sentence.format(most=MOST_CONDITIONS, longest=LONGEST_CONDITION), field="text")
    return _decide(Choice.APPROVE, args.key, request, tx, conditions=[(text, due) for text in texts])


def reject(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.REJECT, args.key, request, tx, reason=args.reason)


def give_back(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.RETURN, args.key, request, tx, reason=args.reason)


def stand_aside(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    _refuse_without_a_committee(deciding.to_speak_on(args.key, request, tx))
    return _decide(Choice.RECUSE, args.key, request, tx, reason=args.reason)


def withdraw(args: WithdrawArgs, request: Request, tx: Tx) -> Reply:
    """Withdraw one's own request."""
    taken = deciding.take_back(args.key, request, tx, reason=args.reason or None)
    return Reply(str(_("You have withdrawn {approval}: no decision is needed.").format(approval=taken.id)))


def _with_form(name: str, args: type[Any], run: Any, summary: Text, title: Text, submit: Text, ready: Any = ready) -> Command:
    return Command(
        name,
        args,
        run,
        right=Right.VOICE,
        summary=summary,
        writes=True,
        title=title,
        submit=submit,
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    )


ACTIONS = [
    Command(
        "approval.approve", ApproveArgs, approve, right=Right.VOICE, summary=_("Approve"), writes=True, classification=Secrecy.CONFIDENTIAL
    ),
    _with_form(
        "approval.condition",
        ConditionArgs,
        approve_if,
        _("Approve subject to a condition with a due date"),
        _("Approve with conditions"),
        _("Approve"),
    ),
    _with_form("approval.reject", ReasonArgs, reject, _("Reject, with the reason"), _("Reject"), _("Reject")),
    _with_form(
        "approval.return",
        ReasonArgs,
        give_back,
        _("Return for information, stating what is missing"),
        _("Return for information"),
        pgettext("approval", "Return"),
    ),
    _with_form("approval.recuse", ReasonArgs, stand_aside, _("Abstain from a vote"), _("Abstain"), _("Abstain"), ready_to_stand_aside),
    Command(
        "approval.withdraw",
        WithdrawArgs,
        withdraw,
        right=Right.PROPOSE,
        summary=_("Withdraw one's own request"),
        writes=True,
        title=_("Withdraw"),
        submit=_("Withdraw"),
        ready=ready_to_withdraw,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
