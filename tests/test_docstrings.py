"""Every public name is documented as numpydoc asks, and its docstring states its real defaults."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import sktsgan

# See the numpydoc manual, "Built-in validation checks". Left out are checks of taste (blank lines around the text,
# capitals, final stops) and sections that a short docstring may do without.
CHECKS = {
    "GL03",  # double blank lines
    "GL05",  # tabs
    "GL06",  # unknown section
    "GL07",  # sections in the wrong order
    "GL08",  # no docstring
    "SS01",  # no summary
    "SS03",  # summary without a full stop
    "SS06",  # summary of several lines
    "PR01",  # parameter not documented
    "PR02",  # documented parameter that does not exist
    "PR03",  # parameters in the wrong order
    "PR04",  # parameter without a type
    "PR07",  # parameter without a description
    "PR10",  # space before the colon
    "RT01",  # no Returns section
    "YD01",  # no Yields section
}
# The parts that samplers are built from: what is written must be right, but a line may do.
INNER_ROOMS = tuple(
    f"sktsgan.{room}"
    for room in (
        "closed_form",
        "containers",
        "losses",
        "networks",
        "prompts",
        "scaling",
        "training",
    )
)
INNER_CHECKS = CHECKS - {"PR01", "PR04", "PR07", "RT01", "YD01"}


def public_modules():
    yield sktsgan
    for info in pkgutil.walk_packages(sktsgan.__path__, "sktsgan."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            yield importlib.import_module(info.name)


def is_inner(module):
    return module.__name__.startswith(INNER_ROOMS)


def public_objects():
    """Return the public functions, classes and own methods, by the name they are imported as."""
    found = {}
    for module in sorted(public_modules(), key=is_inner):
        for name in getattr(module, "__all__", []):
            item = getattr(module, name)
            is_room = f"{module.__name__}.{name}" in sys.modules  # named there as the function is
            if not is_room and (inspect.isfunction(item) or inspect.isclass(item)):
                found.setdefault(item, f"{module.__name__}.{name}")
    for item, name in list(found.items()):
        for method, function in vars(item).items() if inspect.isclass(item) else ():
            function = inspect.unwrap(getattr(function, "__func__", function))
            if not method.startswith("_") and inspect.isfunction(function):
                found.setdefault(function, f"{name}.{method}")
    return dict(sorted((name, item) for item, name in found.items()))


OBJECTS = public_objects()


@pytest.mark.parametrize("name", OBJECTS)
def test_numpydoc(name):
    checks = INNER_CHECKS if name.startswith(INNER_ROOMS) else CHECKS
    if NumpyDocString(inspect.getdoc(OBJECTS[name]) or "")["Yields"]:
        checks = checks - {"RT01"}  # the generator is another function's
    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code in checks]
    assert not errors, "\n".join(errors)


@pytest.mark.parametrize("name", OBJECTS)
def test_stated_defaults_are_the_real_ones(name):
    item = OBJECTS[name]
    if inspect.isclass(item) and issubclass(item, Warning):
        return  # built in C, without a signature
    parameters = inspect.signature(item).parameters
    for documented in NumpyDocString(inspect.getdoc(item) or "")["Parameters"]:
        for parameter in re.split(r",\s*", documented.name):
            default = parameters[parameter].default if parameter in parameters else inspect._empty
            stated = re.search(r"default=(.+)$", documented.type)
            if stated is None:
                must_state = (
                    inspect.isclass(item)
                    and default is not inspect._empty
                    and not name.startswith(INNER_ROOMS)
                )
                assert not must_state, f"{parameter} does not state its default {default!r}"
            else:
                assert read(stated[1], item) == default, (
                    f"{parameter}: {stated[0]}, really {default!r}"
                )


def read(text, item):
    """Return the value that a docstring states: a literal, infinity, a global name, or else the text."""
    text = text.strip().strip("`")
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        if text in ("inf", "-inf"):
            return float(text)
        return getattr(inspect.getmodule(item), text, text)
