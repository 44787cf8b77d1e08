"""CONTRIBUTING.md says where everything is; its code is run by test_readme.py."""

import re
from pathlib import Path

import pytest

import sktsgan

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
ROW = re.compile(r"^\| (?P<floor>\d|–) \| `(?P<name>[\w./]+)` \| (?P<holds>\S.*) \|$", re.MULTILINE)
NAMED = [row["name"] for row in ROW.finditer(TEXT)]


def test_no_name_stands_twice():
    assert len(NAMED) == len(set(NAMED)) > 0


def test_every_room_of_the_package_is_named():
    package = Path(sktsgan.__file__).parent
    folders = [init.parent for init in package.rglob("__init__.py") if init.parent != package]
    rooms = {
        path.relative_to(package.parent).as_posix() for path in (*folders, *package.glob("*.py"))
    }
    assert {name for name in NAMED if name.startswith("sktsgan/")} == rooms


@pytest.mark.skipif(not (ROOT / "benchmarks").exists(), reason="not in source distributions")
def test_every_folder_beside_the_package_is_named():
    folders = {path.parent.name for path in ROOT.glob("[!.]*/*.py")} - {"sktsgan"}
    assert {name for name in NAMED if not name.startswith("sktsgan/")} == folders


def test_it_is_short():
    assert len(TEXT.splitlines()) <= 240
