"""The README and the pages of docs/ keep their word: their code runs, their commands exist."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sktsgan.cli._main import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def page_name(page):
    return str(page.relative_to(ROOT))


def command(name):
    """Return the one line of the README that stands under a marker."""
    text = (ROOT / "README.md").read_text()
    (block,) = re.findall(rf"<!-- command: {name} -->\n+```sh\n(.*?)```", text, re.DOTALL)
    (line,) = block.splitlines()
    return line


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")  # of short runs
@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_code_blocks_run_in_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # for pickle to find what a page defines
    text = page.read_text()
    for block in CODE.finditer(text):
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], page, "exec"), vars(module))


def test_readme_opens_with_code():
    assert CODE.search((ROOT / "README.md").read_text())


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_to_files_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text()) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_the_main_job_is_one_line():
    assert command("main job").endswith("-m sktsgan")


def test_the_tests_are_one_line():
    assert ".venv/bin/python -m pytest" in command("tests")


def test_commands_of_the_readme_parse(capsys):
    """Every option that the README shows is one that --help names."""
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", capsys.readouterr().out))
    for line in re.findall(r"-m sktsgan (.*)", (ROOT / "README.md").read_text()):
        assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", line)) <= known
