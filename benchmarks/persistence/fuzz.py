"""Load thousands of damaged and forged files: each must be a ValueError, or at worst another model.

usage: python -m benchmarks.persistence.fuzz [--cases 5000] [--seed 0]
"""

import faulthandler
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import torch

import sktsgan
from benchmarks._common._options import make_parser
from benchmarks.persistence import _mutations

MODELS = Path(__file__).parents[2] / "tests" / "persistence" / "models"
SLACK = 2**26  # bytes beside twice the file: what Python, NumPy and torch take for themselves
LONGEST = 30  # seconds for a case, after which the run ends
_FORBIDDEN = ("os.system", "subprocess.", "pickle.", "exec", "socket.", "os.remove", "os.rename")
_seen, _watching = [], [False]


def _watch(event, arguments):
    if not _watching[0]:
        return
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.startswith(_FORBIDDEN):
        _seen.append((event, str(arguments)[:200]))


@contextmanager
def watching():
    """Take note of code that is run and of files that are written, as the interpreter tells of them."""
    if not hasattr(_watch, "is_on"):
        sys.addaudithook(_watch)
        _watch.is_on = True
    _seen.clear()
    _watching[0] = True
    try:
        yield _seen
    finally:
        _watching[0] = False


def read_sources():
    """Return the files to start from; each is loaded once, for what torch imports when it is first needed."""
    sources = sorted(MODELS.glob("*.sktsgan"))
    for source in sources:
        sktsgan.load(source)
    repr(torch.ones(1))  # as messages of errors do
    return sources


def make_case(rng, path, sources):
    """Write a file that isn't what it seems; return the name of what was done, and whether it must be refused."""
    source = sources[rng.integers(len(sources))]
    kinds = _mutations.DAMAGES, _mutations.FORGERIES, _mutations.CHANGES
    group = int(rng.integers(3))
    change = kinds[group][rng.integers(len(kinds[group]))]
    if group == 0:
        path.write_bytes(change(rng, source.read_bytes()))
    else:
        _mutations.forge(change, rng, source, path)
    return change.__name__, group < 2


def try_case(path, must_fail):
    """Load a file; return "refused", or "another model" after it was tried, and raise whatever else happens."""
    with watching() as seen:
        try:
            model = sktsgan.load(path)
        except ValueError:
            outcome = "refused"
        else:
            assert not must_fail, "it was loaded"
            outcome = "another model"
            with suppress(Exception):  # it may fail at work, and do no more than that
                model.sample(2, random_state=0)
    assert not seen, list(seen)
    return outcome


def main(argv=None):
    """Run the cases and print what became of them."""
    parser = make_parser(__doc__, markdown=False, output=False)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    sources = read_sources()
    largest = max(source.stat().st_size for source in sources)
    outcomes, before = Counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in range(args.cases):
            rng, path = np.random.default_rng([args.seed, case]), Path(folder, "case")
            name, must_fail = make_case(rng, path, sources)
            start = time.perf_counter()
            faulthandler.dump_traceback_later(LONGEST, exit=True, file=sys.__stderr__)
            try:
                outcomes[name, try_case(path, must_fail)] += 1
            except BaseException as error:
                raise AssertionError(f"case {case} of seed {args.seed}: {name}") from error
            faulthandler.cancel_dump_traceback_later()
            slowest = max(slowest, time.perf_counter() - start)
            assert [p.name for p in Path(folder).iterdir()] == ["case"]
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    for (name, outcome), count in sorted(outcomes.items()):
        print(f"{name:24} {outcome:16} {count:6}")
    print(
        f"{args.cases} cases, the slowest took {slowest:.2f} s; memory grew by {grown / 2**20:.0f} MiB"
    )
    assert grown <= 2 * largest + SLACK, f"memory grew by {grown} bytes"
    return {"outcomes": outcomes, "grown": grown, "slowest": slowest}


if __name__ == "__main__":
    main()
