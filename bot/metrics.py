"""The process's own metrics, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0)

ACKNOWLEDGED = Histogram("riskbot_ack_seconds", "Time until a request was acknowledged.", ["kind"], buckets=_SECONDS)
ANSWERED = Histogram("riskbot_answer_seconds", "Time to carry a request out.", ["command"], buckets=_SECONDS)
REFUSED_FULL = Counter("riskbot_pool_full_total", "Requests refused because the pool was full.")
DELIVERIES = Gauge("riskbot_deliveries", "Messages in the outbox.", ["state"])
SEALING = Gauge("riskbot_audit_sealing", "1 while the audit trail is sealed; 0 while it does not go on from where it was.")
VERIFIED_OK = Gauge("riskbot_audit_verified", "1 if the last verification found the audit trail whole, 0 if it did not.")
VERIFIED_AT = Gauge("riskbot_audit_verified_timestamp_seconds", "When the audit trail was last verified, in Unix time.")
VERIFIED_ENTRIES = Gauge("riskbot_audit_verified_entries", "Up to which entry the audit trail was verified.")
INBOX = Gauge("riskbot_inbox", "Kept requests.", ["state"])
REFUSED_REQUESTS = Counter("riskbot_refused_requests_total", "HTTP requests refused before they were read.", ["why"])
UNDELIVERED = Gauge("riskbot_undelivered", "Messages that were given up or wait for more than two minutes, by cause.", ["state", "cause"])
OLDEST = Gauge("riskbot_outbox_oldest_seconds", "Age of the oldest message that is due, those aside that wait by policy.")
