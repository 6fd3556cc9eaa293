"""The keys of the environment that seal the audit trail."""

from __future__ import annotations

from bot.settings import Settings
from storage.audit.chain import Key, Keys


def keys(env: Settings) -> Keys:
    """Return the keys of the environment: the sealing key, and earlier ones."""
    present = env.riskbot_audit_key.get_secret_value() if env.riskbot_audit_key else None
    return Keys(Key.of(present), [Key.of(key.get_secret_value()) for key in env.riskbot_audit_old_keys])
