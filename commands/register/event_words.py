"""Trail sentences for the register of risks."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.register.events import (
    ControlDesigned,
    ControlOperated,
    ControlRetired,
    ControlTested,
    ResponseCancelled,
    ResponseDone,
    ResponseExtended,
    ResponseProgressed,
    ResponseProposed,
    ResponseReminded,
    ResponseSentBack,
    RetentionEnded,
    RiskAssessed,
    RiskEnded,
    RiskLogged,
    RiskMoved,
    RiskReopened,
    RiskUndone,
)

EVENTS = (
    EventWords(RiskLogged, _("entered it into the register"), ("title", "level", "category", "kind", "owner", "source")),
    EventWords(RiskUndone, _("took the entry back"), ("title",)),
    EventWords(RiskAssessed, _("assessed it"), ("likelihood", "severity", "scope", "customer_severity", "reason", "level", "spread")),
    EventWords(RetentionEnded, _("ended the retention, whose term was over"), ("until",)),
    EventWords(RiskMoved, _("dropped a control that was not tested in time"), ("before", "level")),
    EventWords(RiskEnded, _("closed it"), ("reason",)),
    EventWords(RiskReopened, _("opened it again"), ("reason",)),
    EventWords(
        ResponseProposed, _("proposed a response"), ("strategy", "measure", "owner", "due", "measure_kind", "cost", "currency", "benefit")
    ),
    EventWords(ResponseProgressed, _("reported progress"), ("before", "percent", "note")),
    EventWords(ResponseExtended, _("extended the response"), ("before", "due", "reason")),
    EventWords(ResponseDone, _("carried out the response"), ("result",)),
    EventWords(ResponseCancelled, _("cancelled the response"), ("reason",)),
    EventWords(ResponseReminded, _("reminded the owner"), ("days", "reminder")),
    EventWords(ResponseSentBack, _("sent the response back to the approvers: the facts have changed"), ("changed",)),
    EventWords(ControlDesigned, _("recorded a control"), ("title", "owner", "response")),
    EventWords(ControlOperated, _("put the control into operation")),
    EventWords(ControlTested, _("tested the control"), ("of", "effective", "evidence")),
    EventWords(ControlRetired, _("retired the control"), ("reason",)),
)
