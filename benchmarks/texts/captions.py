"""How close generated captions come to real ones: one table, a row a model and sampling temperature.

usage: python -m benchmarks.texts.captions --data DIR --seeds 1 --threads 1 --temperature 1,.9,.8,.7,.6,.5
           --model real,markov,markov-smoothed,seqgan,policy --markdown --output text.json

DIR holds coco_train.txt and coco_test.txt, a caption a line, of which the first is fitted on.

Rows
----
real             the captions that are fitted on
markov           a chain of order 3: each word given the three before it, as often as it followed them
markov-smoothed  the same mixed with chains of order 2, 1 and 0, so that every text has a likelihood
seqgan           SeqGANSampler as delivered, at its own temperature; then at those of --temperature
likelihood       SeqGANSampler(max_iter=0), maximum likelihood alone, at those of --temperature
policy           SeqGANSampler(max_iter=UPDATES): policy gradient after it, at its own temperature and those

Columns
-------
T                  sampling temperature
BLEU-2 ... -5      of as many generated captions as are fitted on, against all of the test file; higher is better
self-BLEU-2 ... -5 of each generated caption against all others; lower is more varied, real captions are to be matched
distinct           share of distinct pairs of words among all pairs
copies             share of the captions that are among those fitted on, word by word
NLL                minus log-likelihood of a word of the test file in nats, at that temperature; lower is better
KL                 divergence from the captions fitted on, by frequent words and pairs of words, in nats; 0 is best
seconds            of fit

Marks are words of their own, as in the published figures: the row real has those of Texygen's training set.
"""

import argparse
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks._common._options import add_changes, count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, describe_run, short, write_json
from benchmarks.texts._models import MODELS, make_model, split_words
from sktsgan.metrics import (
    bleu_score,
    distinct_n_score,
    distribution_kl_divergence,
    self_bleu_score,
)

_ORDERS = (2, 3, 4, 5)
_NUMBERS = {  # what is measured: its title in the table
    "temperature": "T",
    **{f"bleu_{n}": f"BLEU-{n}" for n in _ORDERS},
    **{f"self_bleu_{n}": f"self-{n}" for n in _ORDERS},
    "distinct": "distinct",
    "copies": "copies",
    "nll": "NLL",
    "kl": "KL",
    "seconds": "seconds",
}


def _temperatures(text):
    values = [float(value) for value in text.split(",") if value]
    if not all(value > 0 for value in values):
        raise argparse.ArgumentTypeError(f"temperatures must be above 0, got {text}")
    return values


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=2)
    add = parser.add_argument
    add("--data", metavar="DIR", type=Path, required=True)
    add("--model", type=names_among(MODELS), default=list(MODELS), metavar="NAME[,NAME...]",
        help=", ".join(MODELS))  # fmt: skip
    add("--temperature", type=_temperatures, default=[1.0, 0.9, 0.8, 0.7, 0.6, 0.5],
        metavar="T[,T...]", help="1, .9, .8, .7, .6, .5")  # fmt: skip
    add("--updates", type=count, default=100, help="by policy gradient, of the row policy (100)")
    add_changes(add, "SeqGANSampler")
    add("--n-texts", type=count, help="only the first so many captions of both files")
    add("--seeds", type=count, default=1, help="training seeds, 0, 1, ... (1)")
    add("--examples", type=int, default=0, help="print so many captions of each row")
    return parser.parse_args(argv)


def read_captions(path, n_texts):
    """Return the first captions of a file, None for all."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line][:n_texts]


def measure(made, train, test):
    """Return what the table says of generated texts.

    Parameters
    ----------
    made, train, test : list of str

    Returns
    -------
    measured : dict of str to float
    """
    words = [split_words(text) for text in made]
    references = [split_words(text) for text in test]
    known = {tuple(split_words(text)) for text in train}
    bleu = bleu_score(references, words, n=_ORDERS)
    own = self_bleu_score(words, n=_ORDERS)
    return {
        **{f"bleu_{n}": float(value) for n, value in zip(_ORDERS, bleu, strict=True)},
        **{f"self_bleu_{n}": float(value) for n, value in zip(_ORDERS, own, strict=True)},
        "distinct": distinct_n_score(words),
        "copies": float(np.mean([tuple(text) in known for text in words])),
        "kl": distribution_kl_divergence(train, made),
    }


def fit_rows(name, seed, train, test, arguments):
    """Yield what was measured at each temperature of a model that is fitted once."""
    model = make_model(name, seed, arguments.temperature, arguments.updates, dict(arguments.set))
    start = time.perf_counter()
    with warnings.catch_warnings(record=True, action="always") as caught:
        model.fit(train)
    seconds = time.perf_counter() - start
    for warning in caught:
        print(f"{name}, seed {seed}: {warning.message}", file=sys.stderr)
    for temperature in model.temperatures:
        made = model.sample(len(train), temperature, seed)
        fit = measure(made, train, test) | {"nll": model.nll(test, temperature)}
        fit["seconds"] = None if name == "real" else seconds
        own = temperature is None and hasattr(model, "sampler")
        fit["temperature"] = model.sampler.temperature_ if own else temperature
        yield temperature, fit, made


def _number(row, name):
    """Return the mean over seeds and, of several, the standard deviation; a dash where there is none."""
    values = [fit[name] for fit in row["fits"]]
    if None in values:
        return "–"
    if name == "seconds":
        return f"{np.mean(values):.0f}"
    several = name != "temperature" and len(values) > 1 and np.isfinite(values).all()
    return short(np.mean(values)) + (f" ± {short(np.std(values))}" if several else "")


_COLUMNS = [
    ("model", 16, lambda row: row["model"]),
    *((title, 9, partial(_number, name=name)) for name, title in _NUMBERS.items()),
]


def make_rows(name, train, test, arguments):
    """Return the rows of a model, one a temperature, with a fit for each seed."""
    rows = {}
    for seed in range(arguments.seeds):
        for temperature, fit, made in fit_rows(name, seed, train, test, arguments):
            row = rows.setdefault(temperature, {"model": name, "fits": [], "examples": []})
            row["fits"].append(fit)
            row["examples"] = made[: arguments.examples]
    return list(rows.values())


def main(argv=None):
    """Print the table; return the results as they are written to JSON."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = read_options(argv)
    train, test = (
        read_captions(arguments.data / f"coco_{name}.txt", arguments.n_texts)
        for name in ("train", "test")
    )
    sizes = {"n_train": len(train), "n_test": len(test)}
    results = {"settings": describe_run("texts.captions", argv, arguments, **sizes), "rows": []}
    table = Table(_COLUMNS, markdown=arguments.markdown)
    print(
        f"{len(train)} captions fitted on, as many generated, {len(test)} references; {arguments.seeds} seed(s), "
        f"± over them; {arguments.threads} thread(s), torch {torch.__version__}\n"
    )
    print(table.header(), flush=True)
    with limited_threads(arguments.threads):
        for name in arguments.model:
            for row in make_rows(name, train, test, arguments):
                results["rows"].append(row)
                print(table.line(row), flush=True)
                for text in row["examples"]:
                    print(f"    {text}")
            write_json(arguments.output, results)  # after every model: what is done is kept
    return results


if __name__ == "__main__":
    main()
