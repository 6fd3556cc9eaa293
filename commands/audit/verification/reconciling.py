"""Reconciliation of the register with the trail."""

from __future__ import annotations

from commands.kit.i18n import _
from commands.kit.progress import bar
from storage.audit.reconciliation import reconciling
from storage.audit.reconciliation.differences import Reconciled
from storage.database import Tx


def look(tx: Tx, *, progress: bool | None = None) -> Reconciled:
    """Compare every row behind authorities and figures, at one moment."""
    with bar(progress, _("Comparing the register"), None, "") as done:
        return reconciling.reconcile(tx, done)
