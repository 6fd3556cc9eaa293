"""Read, prove, export, anchor and erase the audit trail."""
