"""Every campaign, each in a process of its own and bounded in time: one that fails hides none of the others.

Run with ``python -m tests.chaos [--short] [--minutes M]``; the exit code is how many failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass

# a campaign that was told to end has so long to count and to clean up
GRACE_SECONDS = 420.0


@dataclass(frozen=True)
class Campaign:
    """One campaign: what it is called with for a long run, and for a short one."""

    name: str
    long: tuple[str, ...]
    short: tuple[str, ...]

    def run(self, *, short: bool, minutes: float) -> bool:
        """Run it to its end; says whether it held."""
        words = [*(self.short if short else self.long), "--minutes", str(minutes)]
        began = time.monotonic()
        print(f"--- {self.name} {' '.join(words)}", flush=True)
        try:
            code = subprocess.run(
                [sys.executable, "-m", f"tests.chaos.{self.name}", *words], check=False, timeout=minutes * 60 + GRACE_SECONDS
            ).returncode
        except subprocess.TimeoutExpired:
            print(f"{self.name} did not end in time", flush=True)
            code = 1
        print(f"{'ok' if code == 0 else 'FAILED'} after {time.monotonic() - began:.0f} s", flush=True)
        return code == 0


CAMPAIGNS = (
    Campaign("courier", ("--kills", "200"), ("--kills", "12")),
    Campaign("courier", ("--kills", "200", "--postgres"), ()),
    Campaign("requests", ("--kills", "40"), ("--kills", "4")),
    Campaign("schedule", ("--kills", "100"), ("--kills", "12")),
    Campaign("deciders", ("--rounds", "200"), ("--rounds", "20")),
    Campaign("deciders", ("--rounds", "200", "--postgres"), ()),
    Campaign("replicas", ("--kills", "500"), ("--kills", "6")),
    Campaign("replicas", ("--kills", "500", "--postgres"), ()),
)


def main() -> int:
    """Run them all; returns how many failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a little of each, in about two minutes")
    parser.add_argument("--minutes", type=float, help="for each campaign at most (default 30, or half a minute for a short run)")
    wanted = parser.parse_args()
    minutes = wanted.minutes or (0.5 if wanted.short else 30.0)
    campaigns = [one for one in CAMPAIGNS if one.short or not wanted.short]
    failed = [one.name for one in campaigns if not one.run(short=wanted.short, minutes=minutes)]
    print(f"{len(campaigns) - len(failed)} of {len(campaigns)} campaigns hold{'; not ' + ', '.join(failed) if failed else ''}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
