"""validate: the quality of the model, from the stored book and its outcomes."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from bot.cli.common import Parser, day, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.scoring.scoring import today
from bot.settings import Settings
from commands.kit.i18n import _
from commands.validation import validating
from commands.validation.validating import Question, ValidationRefused
from risk_engine.policy.policy import Policy
from storage.policy import policies
from storage.policy.policies import PolicyError
from storage.sight import EVERYTHING

_STAGES = 4


def add_validate(parser: Parser) -> None:
    parser.add_argument("--as-of", type=day, metavar="DATE", help="the day of the scores (default: one horizon before the newest outcome)")
    parser.add_argument("--horizon", type=int, metavar="MONTHS", help="the period in which outcomes count (default: the policy's)")
    parser.add_argument(
        "--without", action="append", default=[], metavar="FACTOR", help="leave a factor out of the scorecard; may be repeated"
    )
    parser.add_argument("--challenger", type=Path, metavar="FILE", help="compare with this policy file, laid over the packaged policy")
    parser.set_defaults(run=validate)


def validate(parsed: argparse.Namespace, env: Settings) -> int:
    """Print the report without storing anything; a poor model is an answer, not a failure."""
    challenger = _policy_in(parsed.challenger) if parsed.challenger else None
    asked = Question(parsed.as_of, parsed.horizon, tuple(dict.fromkeys(parsed.without)))
    # disable=None is tqdm's word for "only on a terminal"
    with tqdm(total=_STAGES, desc="Validating", disable=None, file=sys.stderr, leave=False) as bar:
        with closing(open_database(env)) as database:
            policy = policy_of(env, database)
            with database.begin(EVERYTHING) as tx:
                seen = validating.read(tx, policy, asked, today=today(policy, Clock().now()), challenger=challenger)
        bar.update()
        report = validating.judge(policy, seen, challenger, bar.update)
    print("\n".join(report.lines()))
    return 0


def _policy_in(file: Path) -> Policy:
    if not file.is_file():
        raise ValidationRefused(
            _("--challenger {file} does not exist: expected a policy file in TOML, as for RISKBOT_POLICY").format(file=file)
        )
    try:
        return policies.read(file)
    except PolicyError as error:
        raise ValidationRefused(_("--challenger {problem}").format(problem=error)) from error
