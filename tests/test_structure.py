"""What the floor plan promises, and no linter sees."""

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import sktsgan
from sktsgan import samplers
from sktsgan.samplers import BaseSampler

PACKAGE = Path(sktsgan.__file__).parent
SAMPLERS = [
    cls
    for name in samplers.__all__
    if inspect.isclass(cls := getattr(samplers, name)) and issubclass(cls, BaseSampler)
]


def imports_of(folder):
    """Return the names of all modules that the files of a folder import."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return names


def test_training_takes_the_networks_that_it_is_handed():
    assert not [name for name in imports_of(PACKAGE / "training") if "networks" in name]


def test_every_optional_dependency_is_used():
    root = PACKAGE.parent
    if not (root / "pyproject.toml").exists():
        pytest.skip("no checkout")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # imbalanced-learn's pipelines have GANOverSampler as a step; distributed has the workers of dask
    modules = {"imbalanced-learn": "sklearn", "distributed": "dask"}
    used = {name.split(".")[0] for name in imports_of(PACKAGE)}
    for extra in set(extras) - {"all", "docs", "test"}:
        for requirement in extras[extra]:
            name = re.match(r"[\w-]+", requirement)[0]
            assert modules.get(name, name) in used, f"{requirement} of [{extra}] is used nowhere"


@pytest.mark.parametrize("cls", SAMPLERS)
def test_samplers_are_three_classes_deep_at_most(cls):
    own = [c for c in cls.__mro__ if c.__module__.startswith("sktsgan")]
    assert len(own) <= 3


def test_ten_hooks_are_overridden_below_the_base_at_most():
    hooks = {
        name
        for cls in SAMPLERS
        for name, value in vars(cls).items()
        if re.match("_[a-z]", name) and callable(value)
        if any(name in vars(parent) for parent in cls.__mro__[1:])
    }
    assert len(hooks) <= 10, sorted(hooks)
