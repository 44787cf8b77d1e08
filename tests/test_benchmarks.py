"""Every benchmark answers ``--help``, and a process of its own tells why it fails."""

import importlib
from pathlib import Path

import pytest

import benchmarks
from benchmarks._common._processes import run_in_fresh_process

ROOT = Path(benchmarks.__file__).parent
SCRIPTS = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in sorted(ROOT.glob("*/[!_]*.py"))
    if path.stem != "table"  # reads files, and has no options
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_says_how_the_script_is_run(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        importlib.import_module(name).main(["--help"])
    assert stopped.value.code == 0
    assert f"python -m {name}" in capsys.readouterr().out


def test_a_failing_process_tells_why():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run_in_fresh_process(divmod, 1, 0)
