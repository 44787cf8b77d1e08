"""How samplers of windows do on series that nobody tuned them on: likeness and memory, repair, prompts.

usage: python -m benchmarks.windows.zoo --data DIR --dataset nox,elecdemand --model real,local-40,neighbors --markdown
       python -m benchmarks.windows.zoo --data DIR --picture zoo.png
       python -m benchmarks.windows.zoo --data DIR --task repair
       python -m benchmarks.windows.zoo --data DIR --task prompts --model neighbors,pair

DIR holds the CSV files, or they are in its folder ``zoo``; --dataset takes the name of any CSV file there. A cell is
the mean over seeds and, in brackets, the worst of them.

--task fidelity: windows of the first 7,000 rows are cut into 24 blocks of time. Models are fitted on the even blocks,
and judged by the odd ones, which are dealt in turn to two sets.

c2          accuracy of gradient boosting on flat windows and first differences. It learns from one set of real windows
            and half of the generated ones and is tested on the other set and half; then they change places. .5 is best
rk          the same of a ridge classifier on 500 random convolutions
mia         how well the distance to the nearest generated window tells training windows from held-out ones: .5 is best
nn          median distance of generated windows to the nearest training window, over that of held-out windows: 1 is
            best, 0 is a copy
KL          divergence of two normals in the plane of two principal components, training against generated windows, in
            nats: 0 is best
c2 − curve  c2 less that of the local Gaussians at the same mia: below 0, the model is better than they are
CPU s       of fitting and of making as many windows as were fitted on

The row "real" takes the training windows as generated ones: the c2 and rk of a perfect copy. "local-40" draws from
Gaussians of 40 neighbouring windows, "smote" between neighbours, "copy" returns training windows with a little noise,
"plain-gan" is the plain transformer GAN of the literature, "copula" is CopulaSampler, "neighbors" NeighborSampler,
which "pair", TransformerGANSampler(refine="always"), starts from; "gated" is TransformerGANSampler, which keeps the
pair only where it judges it better than neighbors.

--task repair and --task prompts: see _zoo_repair.py and _zoo_prompts.py.
"""

import argparse
import sys
from pathlib import Path

from benchmarks._common._options import add_changes, count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks.windows._zoo_data import ZOO
from benchmarks.windows._zoo_fidelity import run_fidelity
from benchmarks.windows._zoo_models import MODELS, OWN, make_model
from benchmarks.windows._zoo_picture import draw_picture
from benchmarks.windows._zoo_prompts import FIELDS, run_prompts
from benchmarks.windows._zoo_repair import METHODS, REPAIRED, run_repair

# each task: its function, the models it knows, and the models and data sets it takes by default
TASKS = {
    "fidelity": (run_fidelity, list(MODELS), list(MODELS), ZOO),
    "repair": (run_repair, list(METHODS), ["linear", "knn", "gaussian", "neighbors"], REPAIRED),
    "prompts": (run_prompts, list(OWN), ["neighbors"], tuple(FIELDS)),
}


def read_options(argv):
    """Return the options of the command line, with the defaults of the task, checked before anything is fitted."""
    parser = make_parser(__doc__, threads=1)
    _add_options(parser.add_argument)
    arguments = parser.parse_args(argv)
    _, known, models, datasets = TASKS[arguments.task]
    try:
        arguments.model = names_among(known)(arguments.model) if arguments.model else models
    except argparse.ArgumentTypeError as error:
        parser.error(f"--model: {error}")
    arguments.dataset = arguments.dataset.split(",") if arguments.dataset else list(datasets)
    if arguments.picture and arguments.task != "fidelity":
        parser.error("--picture is for --task fidelity")
    if arguments.set and not {"pair", "gated"} & set(arguments.model):
        parser.error("--set is for the rows pair and gated, which --model leaves out")
    make_model("pair", 0, dict(arguments.set))
    return arguments


def _add_options(add):
    add("--data", metavar="DIR", help="holds the CSV files, or a folder zoo with them")
    add("--task", choices=TASKS, default="fidelity", help="what is measured (fidelity)")
    add("--dataset", metavar="NAME[,NAME...]",
        help=f"{', '.join(ZOO)} or another file (those of the task)")  # fmt: skip
    add("--model", metavar="NAME[,NAME...]",
        help=f"{', '.join(MODELS)}; for repair {', '.join(METHODS)}; for prompts {', '.join(OWN)}")  # fmt: skip
    add_changes(add, "the rows pair and gated")
    add("--seeds", type=count, default=3, help="seeds of models and judges, 0, 1, ... (3)")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--max-rows", type=count, default=7000,
        help="only the first so many rows of a series, except for prompts (7000)")  # fmt: skip
    add("--samples", type=count, default=200, help="windows made for each prompt (200)")
    add("--picture", type=Path, metavar="FILE", help="draw c2 against mia")


def main(argv=None):
    """Print the tables; return what was measured, as it is written to JSON."""
    arguments = read_options(sys.argv[1:] if argv is None else argv)
    with limited_threads(arguments.threads):
        tables = TASKS[arguments.task][0](arguments)
    if arguments.picture:
        draw_picture(tables, arguments.picture)
    return tables


if __name__ == "__main__":
    main()
