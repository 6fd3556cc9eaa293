"""``python -m tests.mutation [MODULE …] [--sample N] [--seed S]``: change the engine a little; a test must go red.

What was tried stands in a file, so that a run that was stopped goes on where it ended; a module whose source or tests
changed since is tried anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tqdm import tqdm

from tests.mutation.mutants import Mutant, chosen, source
from tests.mutation.trial import copied, killed, passes, tests_of

SAMPLE, SEED, WANTED, WORKERS = 300, 1, 0.85, 2
TRIED = Path(".mutants.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants and say which survived; 1 where fewer than 85 % were seen."""
    options = _options(arguments)
    try:
        wanted = chosen(options.modules, None if options.all else options.sample, options.seed)
    except ValueError as unknown:
        print(f"MODULE: {unknown}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        found = dict(_tried(wanted, Path(scratch)))
    return _report(found)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.mutation", description="Change the engine a little; a test must go red.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="modules of risk_engine; all of them if none is named")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many mutants to choose ({SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"which ones ({SEED})")
    parser.add_argument("--all", action="store_true", help="every mutant: hours")
    return parser.parse_args(arguments)


def _tried(wanted: list[Mutant], scratch: Path) -> Iterator[tuple[Mutant, bool]]:
    known = _known()
    marks = {module: _mark(module) for module in {one.module for one in wanted}}
    open_ = [one for one in wanted if _key(one, marks) not in known]
    yield from ((one, known[_key(one, marks)]) for one in wanted if _key(one, marks) in known)
    copies: SimpleQueue[Path] = SimpleQueue()
    for place in range(WORKERS if open_ else 0):
        copies.put(copied(scratch / str(place)))

    def tried(one: Mutant) -> tuple[Mutant, bool]:
        folder = copies.get()
        try:
            return one, killed(one, folder)
        finally:
            copies.put(folder)

    wanted_tests = sorted({test for one in open_ for test in tests_of(one.module)})
    if open_ and not passes(wanted_tests, copied(scratch / "sound")):
        raise SystemExit("the tests are not green without any change: nothing can be learnt from them")
    with ThreadPoolExecutor(WORKERS) as pool, TRIED.open("a", encoding="utf-8") as kept:
        for one, dead in tqdm(pool.map(tried, open_), total=len(open_), desc="Mutants", disable=None, file=sys.stderr):
            kept.write(json.dumps({"mutant": _key(one, marks), "killed": dead}) + "\n")
            kept.flush()
            yield one, dead


def _known() -> dict[str, bool]:
    if not TRIED.exists():
        return {}
    lines = map(json.loads, TRIED.read_text("utf-8").splitlines())
    return {line["mutant"]: line["killed"] for line in lines}


def _mark(module: str) -> str:
    """Changes with the module and with its tests."""
    texts = [source(module), *(Path(test).read_text("utf-8") for test in tests_of(module))]
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:16]


def _key(one: Mutant, marks: dict[str, str]) -> str:
    return f"{marks[one.module]} {one}"


def _report(found: dict[Mutant, bool]) -> int:
    tried, dead = Counter(one.module for one in found), Counter(one.module for one, seen in found.items() if seen)
    for module in sorted(tried):
        print(f"{module:28} {dead[module]:4} of {tried[module]:4} seen")
    for one in sorted(one for one, seen in found.items() if not seen):
        print(f"survived: {one}: {source(one.module).splitlines()[one.line - 1].strip()}")
    share = sum(found.values()) / len(found) if found else 1.0
    print(f"{sum(found.values())} of {len(found)} mutants seen, {share:.1%}; wanted {WANTED:.0%}")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
