"""Refusals of policy changes, in words."""

from __future__ import annotations

from typing import Any

from commands.kit.blocks import cut
from commands.kit.contract import RefusalWords, Refused
from commands.kit.i18n import _, listed
from commands.kit.wording.words import label
from commands.policy.policy_words import accepted, value
from risk_engine.policy import refusals

# the number of a value's letters that are repeated
SHOWN = 80


def _shown(found: Any) -> str:
    return cut(value(found), SHOWN)


def _unknown_key(refusal: refusals.UnknownKey) -> Refused:
    return Refused(_("The policy has no key “{key}”.").format(key=refusal.key), field="key")


def _not_a_setting(refusal: refusals.NotASetting) -> Refused:
    if not refusal.keys:
        sentence = _("{key} is not changed here: entries are named, added and removed in the policy file.")
        return Refused(sentence.format(key=refusal.key), field="key")
    sentence = _("{key} is a table: name one of its keys, as `{key}.{first}`. It has: {keys}.")
    return Refused(sentence.format(key=refusal.key, first=refusal.keys[0], keys=listed(refusal.keys)), field="key")


def _part_of_a_setting(refusal: refusals.PartOfASetting) -> Refused:
    sentence = _("{key} changes only together with the rest of {whole}: type `/risk policy {whole} TABLE “why”` with a table of {keys}.")
    return Refused(sentence.format(key=refusal.key, whole=refusal.whole, keys=listed(refusal.keys)), field="key")


def _setting_refused(refusal: refusals.SettingRefused) -> Refused:
    if refusal.why is None:
        sentence = _("{key} cannot be {value}: expected {accepted}.")
    else:
        sentence = _("{key} cannot be {value}: {why}. Expected {accepted}.")
    said = sentence.format(key=refusal.key, value=_shown(refusal.value), why=refusal.why, accepted=accepted(refusal.schema))
    return Refused(said, field="value")


def _nothing_to_change(refusal: refusals.NothingToChange) -> Refused:
    sentence = _("{key} is {value} already: there is nothing to change.")
    return Refused(sentence.format(key=refusal.key, value=_shown(refusal.value)), field="value")


def _file_only(refusal: refusals.FileOnly) -> Refused:
    sentence = _("{key} cannot be set from Slack: set it in the policy file (RISKBOT_POLICY) and restart the bot.")
    return Refused(sentence.format(key=refusal.key), field="key")


def _file_until_roles(refusal: refusals.FileUntilRoles) -> Refused:
    sentence = _(
        "{key} is a protected key: an administrator and a risk manager must approve it, and no role has been given yet. Set it in"
        " the policy file (RISKBOT_POLICY), or have an administrator give roles with `/risk people` first."
    )
    return Refused(sentence.format(key=refusal.key), field="key")


def _asked_under_other_rules(refusal: refusals.AskedUnderOtherRules) -> Refused:
    sentence = _(
        "{key} is a protected key, and {thing} was requested without an administrator and a risk manager: withdraw it and propose it anew."
    )
    return Refused(sentence.format(key=refusal.key, thing=refusal.thing), field="key")


def _nobody_could_undo_it(refusal: refusals.NobodyCouldUndoIt) -> Refused:
    sentence = _("Nobody would then have the right “{right}”, and this could not be undone.")
    return Refused(sentence.format(right=label(refusal.right)), field="value")


def _policy_moved_on(refusal: refusals.PolicyMovedOn) -> Refused:
    sentence = _("{key} is {present} by now, and not {before} as when {thing} was proposed: propose it anew.")
    present, before = _shown(refusal.present), _shown(refusal.before)
    return Refused(sentence.format(key=refusal.key, present=present, before=before, thing=refusal.thing))


REFUSALS = (
    RefusalWords(refusals.UnknownKey, _unknown_key),
    RefusalWords(refusals.NotASetting, _not_a_setting),
    RefusalWords(refusals.PartOfASetting, _part_of_a_setting),
    RefusalWords(refusals.SettingRefused, _setting_refused),
    RefusalWords(refusals.NothingToChange, _nothing_to_change),
    RefusalWords(refusals.FileOnly, _file_only),
    RefusalWords(refusals.FileUntilRoles, _file_until_roles),
    RefusalWords(refusals.AskedUnderOtherRules, _asked_under_other_rules),
    RefusalWords(refusals.NobodyCouldUndoIt, _nobody_could_undo_it),
    RefusalWords(refusals.PolicyMovedOn, _policy_moved_on),
)
