"""The composition root, which builds a running bot from settings."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.audit.event_sealer import usable_keys
from bot.audit.trail import Trail
from bot.clock import Clock
from bot.delivering.channels import Channels
from bot.delivering.courier import Courier, Pace
from bot.delivering.undelivered import Undelivered
from bot.logs import redact
from bot.policy_in_force import PolicyBook
from bot.presence import Lookout
from bot.receiving import listeners, web
from bot.receiving.intake import Intake
from bot.receiving.ports import Ports
from bot.scoring.rescoring import Rescorer
from bot.settings import Settings, SettingsError
from bot.slack.client import web_client
from bot.slack.people import People
from bot.slack.skew import Skew
from bot.timekeeping import job_scheduler
from bot.timekeeping.heartbeat import Pulse, for_house
from bot.timekeeping.watching import Watch
from bot.working.executor import Executor
from bot.working.held_up import HeldUp
from bot.working.pool import Pool
from bot.working.read_notes import Notes
from commands.audit import audit_erasing
from commands.kit.i18n import Text
from commands.kit.registry import registry
from commands.kit.wording import trouble_words
from risk_engine.policy.policy import Policy
from storage.database import Database

log = logging.getLogger(__name__)

CLOSING_SECONDS = 8
SWEEP_AFTER = timedelta(seconds=15)


@dataclass
class Application:
    """The running bot; call ``start`` and ``close`` once each."""

    settings: Settings
    database: Database
    policy: Policy
    clock: Clock = field(default_factory=Clock)
    pace: Pace = field(default_factory=Pace)

    def start(self) -> None:
        """Connect, check, and begin to answer.

        Raises:
            PolicyError: the policy file has changed a key that was changed by approval.
            SettingsError: Slack refuses the token, or the audit key is too short for a new trail.
        """
        registry()
        self.keys = usable_keys(self.database, self.settings)
        self._connect_to_slack()
        self._build_executor()
        self._build_trail_and_jobs()
        self._accept_requests()
        self._run_jobs()
        log.info("riskbot is running", extra={"mode": "socket" if self.settings.socket_mode else "http", "database": self.database.dialect})

    def _connect_to_slack(self) -> None:
        """Ask Slack who the bot is, and put the policy in force by which people and channels are known."""
        self.skew = Skew(self.clock)
        self.client = web_client(self.settings, self.skew)
        self.team, me = self._who_am_i(self.client)
        self.policies = PolicyBook(self.database, self.policy)
        self.people = People(
            self.client, self.clock, self.settings.riskbot_admins, masked=lambda: self.policies.now.privacy.masked, home_team=self.team
        )
        self.policies.begin(file=self.settings.riskbot_policy, at=self.clock.now())
        self.channels = Channels(self.client, self.policies, self.people, self.clock, me=me)
        self.courier = Courier(self.database, self.client, self.channels, self.people, self.policies, self.clock, self.pace)

    def _build_executor(self) -> None:
        """Build the workers that carry out requests, their notes, and the intake that hands them tickets."""
        self.pool = Pool()
        self.notes = Notes(self.database)
        self.executor = Executor(
            self.database,
            self.policies,
            self.people,
            self.client,
            self.courier,
            self.clock,
            self.known_troubles,
            self.team,
            self.notes,
            HeldUp(self.database),
            standing=lambda: self.trail.standing(),
        )
        self.intake = Intake(self.executor, self.pool)

    def _build_trail_and_jobs(self) -> None:
        """Begin the trail, and build the scheduler's jobs; nothing runs yet."""
        wake = self.courier.wake
        self.trail = Trail(self.database, self.keys, self.policies, self.channels, self.client, self.clock, wake)
        self.trail.begin()
        self.lookout = Lookout(self.database)
        self.rescorer = Rescorer(self.database, self.policies, self.clock)
        jobs = [*registry().jobs.values(), audit_erasing.retention(self.keys.present)]
        self.ticker = job_scheduler.Ticker(self.database, self.policies, self.clock, wake, jobs=jobs)
        self.watch = Watch(self.database, self.policies, self.clock, wake)
        self.undelivered = Undelivered(self.database, self.policies, self.people, self.clock, wake)
        pulse = Pulse(self.database, self.clock, lambda: [self.ticker.looked_at, self.watch.looked_at], self.clock.monotonic())
        self.heartbeat = for_house(self.settings, pulse)

    def _accept_requests(self) -> None:
        """Open the ports, and connect the socket before any job starts: a refused start leaves nothing running."""
        self._troubles: list[Text] = []
        self._socket: Any = None
        app = listeners.build_app(self.settings, self.client, self.intake, self.team)
        self.doors = Ports(self.settings, web.Probe(self.database, self._connected, self._all_troubles, self.why_not_ready), self.clock)
        self.doors.open(listeners.taking(app))
        if self.settings.socket_mode:
            self._socket = listeners.socket_handler(app, self.settings)
            self._connect_socket()

    def _run_jobs(self) -> None:
        """Start the courier and the scheduler, resume the work of an earlier process, and check everything once."""
        self.courier.start()
        self.intake.request_queue.sweep(older_than=timedelta(0))
        self.scheduler = job_scheduler.start(
            [
                (self.ticker.tick, 10),
                (self.rescorer.tick, 5),
                (lambda: self.intake.request_queue.sweep(older_than=SWEEP_AFTER), 5),
                *self.trail.ticks(),
                (self.watch.tick, 5),
                (self.lookout.tick, 5),
                (self.undelivered.tick, 10),
                (self.check_channels, 60),
                (self.ticker.tidy, 3600),
                (self.doors.complaints.tell, 60),
            ]
        )
        # the sealer comes before the checker: the command line's entries are sealed first, so that the verification covers them
        for look in (self.check_channels, self.ticker.tick, self.trail.sealer.tick, self.trail.checker.tick):
            job_scheduler.safely(look)()
        self.heartbeat.start()

    def close(self) -> None:
        """Stop accepting requests, finish accepted ones, and close everything."""
        if self._socket is not None:
            # the library joins its threads; one that hangs must not keep the process from ending
            closing = threading.Thread(target=self._socket.close, name="closing", daemon=True)
            closing.start()
            closing.join(CLOSING_SECONDS)
        self.doors.close()
        self.heartbeat.close()
        self.scheduler.shutdown(wait=False)
        self.rescorer.close()
        self.pool.close()
        self.notes.close()
        self.courier.close()
        self.trail.close()
        self.database.close()

    def check_channels(self) -> None:
        """Check the policy's channels and the administrators, and log new problems of channels."""
        self.people.look_at_administrators()
        before = {str(trouble) for trouble in self._troubles}
        began = self.clock.monotonic()
        self.courier.news.look()
        self._troubles = self.channels.troubles()
        self.channels.look_again(before=began)
        for trouble in self._troubles:
            if str(trouble) not in before:
                log.warning("a channel needs attention: %s", trouble)

    def known_troubles(self) -> list[Text]:
        unwell = [trouble_words.WHAT[self.database.unwell]] if self.database.unwell else []
        own = [*unwell, *self.lookout.troubles(), *self._troubles, *self.channels.watched(), *self.people.troubles()]
        return [*own, *self.skew.troubles(), *self.trail.troubles(), *self.heartbeat.troubles()]

    def why_not_ready(self) -> list[str]:
        """Return the reasons why a connected bot cannot work."""
        gone = [str(trouble) for trouble in self.lookout.troubles()]
        return [*gone, *(str(trouble) for trouble in self.skew.troubles())] if self.skew.too_much else gone

    def _all_troubles(self) -> list[str]:
        """Return the problems for the health pages, including those that /risk status reads from the outbox."""
        return [redact(trouble) for trouble in (*map(str, self.known_troubles()), *self.undelivered.troubles())]

    def _connect_socket(self) -> None:
        try:
            self._socket.connect()
        except OSError as error:
            raise SettingsError(f"SLACK_API_URL: {self.settings.slack_api_url} does not answer: {error}") from error
        except SlackApiError as error:
            raise SettingsError(f"SLACK_APP_TOKEN is refused by Slack: {error.response.get('error')}") from error

    def _who_am_i(self, client: Any) -> tuple[str, str]:
        """Return the workspace, and the bot's own id in it."""
        try:
            said = client.auth_test()
            return str(said["team_id"]), str(said["user_id"])
        except SlackApiError as error:
            raise SettingsError(f"SLACK_BOT_TOKEN is refused by Slack: {error.response.get('error')}") from error
        except OSError as error:
            raise SettingsError(f"SLACK_API_URL: {self.settings.slack_api_url} does not answer: {error}") from error

    def _connected(self) -> bool:
        return not self.settings.socket_mode or (self._socket is not None and self._socket.client.is_connected())
