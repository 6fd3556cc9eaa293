"""Editions of the digest: the policy's own, those of its channels, and those of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from commands.kit.digest_parts import Span
from commands.kit.schedule import Daily, instant
from risk_engine.digest.digest_policy import ChannelDigest
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.delivery import jobs, subscriptions
from storage.delivery.subscriptions import Subscription
from storage.scope import Scope

JOB = "digest"


@dataclass(frozen=True, slots=True)
class Edition:
    """One channel's digest; ``name`` is that of its job, ``channel`` as the policy or Slack names it.

    Attributes:
        changed_at: the time since which its hour applies, if somebody set it.
        subscription: the subscription behind it; None for the policy's own.
    """

    name: str
    channel: str
    audience: str
    daily: Daily
    scope: Scope
    changed_at: datetime | None = None
    subscription: Subscription | None = None

    @property
    def runs(self) -> bool:
        """Return True if it will be sent at some time; a digest paused without an end will not."""
        kept = self.subscription
        return kept is None or not kept.paused or kept.paused_until is not None


def editions(policy: Policy, tx: Tx) -> list[Edition]:
    """Return all editions, the policy's own first."""
    return [*_of_the_policy(policy), *(subscribed(one, policy) for one in subscriptions.every(tx))]


def _of_the_policy(policy: Policy) -> Iterator[Edition]:
    main = policy.channels.digest
    yield _edition(JOB, main, f"route:{JOB}", policy.digest.channels.get(main, ChannelDigest()), policy)
    for channel, wanted in policy.digest.channels.items():
        if channel != main:
            yield _edition(f"{JOB}:{channel}", channel, f"channel:{channel}", wanted, policy)


def _edition(name: str, channel: str, audience: str, wanted: ChannelDigest, policy: Policy) -> Edition:
    digest = policy.digest
    daily = Daily(wanted.at or digest.at, ZoneInfo(wanted.timezone or digest.timezone), wanted.weekdays or digest.weekdays)
    return Edition(name, channel, audience, daily, Scope(wanted.department, wanted.sector))


def subscribed(one: Subscription, policy: Policy) -> Edition:
    """Return the edition of a subscription; its missing settings are the policy's."""
    zone = ZoneInfo(one.timezone or policy.digest.timezone)
    back = instant(one.paused_until, time(0), zone) if one.paused and one.paused_until else one.since
    return Edition(
        f"{JOB}:{one.channel}",
        one.channel,
        f"channel:{one.channel}",
        Daily(one.at or policy.digest.at, zone, policy.digest.weekdays, since=max(back, one.since)),
        Scope(one.department, one.sector),
        one.changed_at,
        one,
    )


def span(edition: Edition, now: datetime, tx: Tx) -> Span:
    """Return the period since the previous digest; one day if there was none, or after a pause."""
    last = jobs.last_done(tx, edition.name)
    if last is None or (edition.daily.since and last < edition.daily.since):
        last = now - timedelta(days=1)
    return Span(last, now, edition.daily.zone, edition.scope)
