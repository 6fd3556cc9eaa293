"""Why a key of the policy is not changed, in words."""

from __future__ import annotations

from commands.kit.blocks import cut
from commands.kit.contract import Refused
from commands.kit.i18n import Text, _
from commands.kit.wording.words import label
from commands.policy import accepted, value
from risk_engine import refusals
from risk_engine.refusals import Refusal

# letters of a value that are said back
SHOWN = 80


def policy_refused(refusal: Refusal) -> Refused:
    """A refusal of the engine about the policy as a sentence."""
    facts = refusal.facts
    match refusal:
        case refusals.UnknownKey():
            sentence = _("The policy has no key “{key}”.").format(key=facts["key"])
        case refusals.NotASetting():
            sentence = _not_a_setting(facts["key"], facts["keys"])
        case refusals.FileOnly():
            sentence = _("{key} cannot be set from Slack: set it in the policy file (RISKBOT_POLICY) and restart the bot.").format(
                key=facts["key"]
            )
        case refusals.FileUntilRoles():
            sentence = _(
                "{key} is a protected key: an administrator and a risk manager must approve it, and no role has been given yet. Set it in"
                " the policy file (RISKBOT_POLICY), or have an administrator give roles with `/risk people` first."
            ).format(key=facts["key"])
        case refusals.AskedUnderOtherRules():
            sentence = _(
                "{key} is a protected key, and {thing} was requested without an administrator and a risk manager:"
                " withdraw it and propose it anew."
            ).format(**facts)
        case refusals.SettingRefused():
            return Refused(_setting_refused(refusal), field="value")
        case refusals.NothingToChange():
            return Refused(_("{key} is {value} already: there is nothing to change.").format(**_said(refusal)), field="value")
        case refusals.NobodyCouldUndoIt():
            sentence = _("With that nobody would have the right “{right}” any more, and it could not be undone.")
            return Refused(sentence.format(right=label(facts["right"])), field="value")
        case _:
            sentence = _("{key} is {present} by now, and not {before} as when {thing} was proposed: propose it anew.")
            return Refused(sentence.format(**_said(refusal)))
    return Refused(sentence, field="key")


def _said(refusal: Refusal) -> dict[str, str]:
    return {
        name: cut(value(found), SHOWN) if name in {"value", "present", "before"} else str(found) for name, found in refusal.facts.items()
    }


def _setting_refused(refusal: Refusal) -> Text:
    said = _said(refusal) | {"accepted": accepted(refusal.facts["schema"])}
    if refusal.facts["why"] is None:
        return _("{key} cannot be {value}: expected {accepted}.").format(**said)
    return _("{key} cannot be {value}: {why}. Expected {accepted}.").format(**said)


def _not_a_setting(key: str, keys: tuple[str, ...]) -> Text:
    if keys:
        return _("{key} is a table: name one of its keys, as `{key}.{first}`. It has: {keys}.").format(
            key=key, first=keys[0], keys=", ".join(keys)
        )
    return _("{key} is not changed here: entries are named, added and removed in the policy file.").format(key=key)
