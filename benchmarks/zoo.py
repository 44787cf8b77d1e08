"""How samplers of windows do on series that nobody tuned them on: likeness and memory, repair, prompts.

usage: python benchmarks/zoo.py --data DIR --dataset nox,elecdemand --seeds 3 --model real,local-40,base --markdown
       python benchmarks/zoo.py --data DIR --picture zoo.png
       python benchmarks/zoo.py --data DIR --task repair
       python benchmarks/zoo.py --data DIR --task prompts --model base,pair

DIR holds the CSV files, or they are in its folder ``zoo``; any NAME.csv there can be named beside those known. A cell
is the mean over seeds and, in brackets, the worst.

--task fidelity. Windows of the first 7,000 rows are cut into 24 blocks of time; models are fitted on the even ones, and
judged by the odd ones, which are dealt in turn to two sets.

c2          accuracy of gradient boosting on flat windows and first differences, learned from one set of real windows
            and half of the generated ones, tested on the other set and half, then the other way round: .5 is best
rk          the same of a ridge classifier on 500 random convolutions
mia         how well the distance to the nearest generated window tells training windows from held-out ones: .5 is best
nn          distance of generated windows to the nearest training window over that of held-out ones (medians): 1 is
            best, and a copy is 0
c2 − curve  c2 less that of the local Gaussians at the same mia: below 0, the model is worth more than they are
CPU s       of fitting and of making as many windows as were fitted on

The row "real" puts the training windows in the place of generated ones: the c2 and rk of a perfect copy.

--task repair and --task prompts: see _zoo_repair.py and _zoo_prompts.py.
"""

import argparse
import json
import sys
from pathlib import Path

from _options import count, names_among, setting
from _processes import limited_threads
from _zoo_data import ZOO
from _zoo_fidelity import run_fidelity
from _zoo_models import MODELS, OWN, make_model
from _zoo_picture import draw_picture
from _zoo_prompts import FIELDS, run_prompts
from _zoo_repair import METHODS, REPAIRED, run_repair

# what a task runs, its models and data sets, and those it takes where none are named
TASKS = {
    "fidelity": (run_fidelity, list(MODELS), list(MODELS), ZOO),
    "repair": (run_repair, list(METHODS), ["linear", "knn", "gaussian", "base"], REPAIRED),
    "prompts": (run_prompts, list(OWN), ["base"], tuple(FIELDS)),
}


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds the CSV files, or a folder zoo with them")
    add("--task", choices=TASKS, default="fidelity", help="(fidelity)")
    add(
        "--dataset", metavar="NAME[,NAME...]", help=f"{', '.join(ZOO)} or another file (the task's)"
    )
    add(
        "--model",
        metavar="NAME[,NAME...]",
        help=f"{', '.join(MODELS)}; of repair {', '.join(METHODS)}",
    )
    add("--set", type=setting, action="append", default=[], metavar="NAME=VALUE",
        help="a parameter of the row pair; may be repeated")  # fmt: skip
    add("--seeds", type=count, default=3, help="seeds of everything, 0, 1, ... (3)")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--max-rows", type=count, default=7000, help="of a series, but for prompts (7000)")
    add("--samples", type=count, default=200, help="windows made for each prompt (200)")
    add("--threads", type=count, default=1, help="of torch, OpenMP and BLAS (1)")
    add("--markdown", action="store_true", help="print Markdown tables")
    add("--picture", type=Path, metavar="FILE", help="draw c2 against mia")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def read_arguments(argv):
    """Return the arguments, with what the task takes where nothing is named, checked before anything is fitted."""
    parser = make_parser()
    arguments = parser.parse_args(argv)
    _, known, models, datasets = TASKS[arguments.task]
    try:
        arguments.model = names_among(known)(arguments.model) if arguments.model else models
    except argparse.ArgumentTypeError as error:
        parser.error(f"--model: {error}")
    arguments.dataset = arguments.dataset.split(",") if arguments.dataset else list(datasets)
    if arguments.picture and arguments.task != "fidelity":
        parser.error("--picture is of --task fidelity")
    make_model("pair", 0, dict(arguments.set))
    output = arguments.output
    # after every table: what is done is kept
    arguments.keep = lambda made: output and output.write_text(json.dumps(made, indent=1))
    return arguments


def main(argv=None):
    """Print the tables; return what was measured, as it is written to JSON."""
    arguments = read_arguments(sys.argv[1:] if argv is None else argv)
    with limited_threads(arguments.threads):
        tables = TASKS[arguments.task][0](arguments)
    if arguments.picture:
        draw_picture(tables, arguments.picture)
    return tables


if __name__ == "__main__":
    main()
