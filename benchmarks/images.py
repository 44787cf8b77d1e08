"""How close generated digits come to real ones, and at what cost: one table, a row a model.

usage: python benchmarks/images.py --data DIR [--seconds 300] [--seeds 3] [--model real,gmm,gmm-y,mlp,dcgan,dcgan-y]
           [--judge FILE.safetensors] [--pictures DIR] [--output images.json] [--markdown]

``DIR`` holds ``mnist10k.npz``. Models learn the first 8,000 images; what they make is compared with the last 2,000.

Columns
-------
FD           Fréchet distance of 2,000 generated images to the held-out ones, by their DigitFeatures; 0 is best
precision    share of the generated images that lie among the held-out ones, on the same features; 1 is best
recall       share of the held-out images that lie among the generated ones
modes        the largest relative deviation of a digit's share among 10,000 images from its share in training; 0 is best
prompted     share of 2,000 images that the judge recognises as the digit they were prompted for; 1 is best
nn ratio     nearest-neighbour ratio of 2,000 images, by pixels: about 1 is best, 0 is a copy
fit s, cpu s seconds of fit by the clock and of the processor, mean (longest); the pilot that finds max_iter is left out
images/s     sampled, in one call for 10,000

The judge is a network of its own, trained on the same 8,000 images from another seed; its accuracy on the held-out
images is printed above the table and stands in the row "real" under "prompted". The row "real" compares 2,000 training
images with the held-out ones, by their nn ratio with the other 6,000, and has the shares of the held-out ones: floors.
"""

import argparse
import json
import platform
import shlex
import sys
from pathlib import Path

import _table
import numpy as np
import sklearn
import torch
from _digits import FILE, classify, load_digits, load_or_train
from _image_models import MODELS, ImageRow, asked_digits, fit_row, make_model
from _options import count, names_among, setting
from _processes import limited_threads, run_in_fresh_process

from sktsgan.metrics import (
    DigitFeatures,
    frechet_distance,
    nearest_neighbor_ratio,
    precision_recall,
)

_COLUMNS = [
    ("model", 22, lambda row: row["label"]),
    ("FD", 15, lambda row: _table.score(row, "frechet")),
    ("precision", 11, lambda row: _table.score(row, "precision", min)),
    ("recall", 11, lambda row: _table.score(row, "recall", min)),
    ("modes", 11, lambda row: _table.score(row, "modes")),
    ("prompted", 11, lambda row: _table.score(row, "prompted", min)),
    ("nn ratio", 11, lambda row: _table.score(row, "neighbor_ratio", min)),
    ("fit s", 15, _table.seconds),
    ("cpu s", 15, lambda row: _table.seconds(row, "cpu_seconds")),
    ("images/s", 9, lambda row: _table.mean(row, "images_per_second", ",.0f")),
]


class ImageJudge:
    """What the columns of the table are computed with.

    Parameters
    ----------
    directory : str
        Of the data.
    classifier : DigitNetwork
        Trained on the training images.
    """

    def __init__(self, directory, classifier):
        self.train, self.labels, self.held_out, held_out_labels = load_digits(directory)
        self.network = DigitFeatures().fit(self.train)
        self.features = self.network.transform(self.held_out)
        self.classifier = classifier
        self.accuracy = float((classify(classifier, self.held_out) == held_out_labels).mean())

    def measure(self, free, prompted=None):
        """Return the scores of images without a prompt and, where there are some, with one."""
        few = free[: len(self.held_out)]
        scores = self._compare(few, self.train) | {"modes": self._mode_deviation(free)}
        if prompted is not None:
            asked = asked_digits(len(free))
            scores["prompted"] = float((classify(self.classifier, prompted) == asked).mean())
        return scores

    def measure_real(self, seed):
        """Return the scores of real images: the floors."""
        rows = np.random.default_rng(seed).permutation(len(self.train))
        few, others = np.split(self.train[rows], [len(self.held_out)])
        scores = {"modes": self._mode_deviation(self.held_out), "prompted": self.accuracy}
        return self._compare(few, others) | scores

    def _compare(self, images, train):
        features = self.network.transform(images)
        precision, recall = precision_recall(self.features, features)
        flat = [X.reshape(len(X), -1) for X in (train, self.held_out, images)]
        return {
            "frechet": frechet_distance(self.features, features),
            "precision": precision,
            "recall": recall,
            "neighbor_ratio": nearest_neighbor_ratio(*flat, random_state=0),
        }

    def _mode_deviation(self, images):
        """Return the largest relative deviation of a digit's share from its share in training."""
        shares = np.bincount(classify(self.classifier, images), minlength=10) / len(images)
        expected = np.bincount(self.labels, minlength=10) / len(self.labels)
        return float(np.max(np.abs(shares / expected - 1)))


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help=f"holds {FILE}")
    add("--seconds", type=float, help="budget of a fit; without it max_iter is the default")
    add("--processor-time", action="store_true",
        help="the budget is processor time, for a machine with other work to do")  # fmt: skip
    add("--seeds", type=count, default=1, help="training seeds, 0, 1, ... (1)")
    add(
        "--model",
        type=names_among(MODELS),
        default=list(MODELS),
        metavar="NAME[,NAME...]",
        help=str(MODELS),
    )
    add("--set", type=setting, action="append", default=[], metavar="NAME=VALUE",
        help="a parameter of the rows dcgan and dcgan-y; may be repeated")  # fmt: skip
    add("--samples", type=count, default=10_000,
        help="images without a prompt, of which shares are counted; with one, a fifth (10000)")  # fmt: skip
    add("--device", default="cpu", help="of the models that train: cpu, cuda (cpu)")
    add("--threads", type=count, default=2, help="of torch, OpenMP and BLAS (2)")
    add("--judge", type=Path, metavar="FILE.safetensors",
        help="the judge's weights, read from here or, after training, written here")  # fmt: skip
    add("--judge-epochs", type=count, default=12, help="of the judge's training (12)")
    add("--pictures", type=Path, metavar="DIR", help="write a grid of each row as PNG")
    add("--markdown", action="store_true", help="print a Markdown table")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def make_row(spec, judge, pictures):
    """Return what the table and the JSON say of a row; draw what its first fit made."""
    label = " ".join([spec.model, *(f"{k}={v}" for k, v in spec.changes.items())])
    row = {"model": spec.model, "label": label, "fits": []}
    if spec.model == "real":
        row["fits"] = [judge.measure_real(seed) for seed in range(spec.seeds)]
        return row
    made = run_in_fresh_process(fit_row, spec)
    row["memory"] = made["memory"]
    for seed, fit in enumerate(made["fits"]):
        free, prompted = fit.pop("free"), fit.pop("prompted")
        row["fits"].append(fit | judge.measure(free, prompted))
        if pictures is not None and seed == 0:
            _draw(judge, free, prompted, pictures / f"{spec.model}.png")
    return row


def _draw(judge, free, prompted, path):
    """Write a grid of real and generated images, by class where they were prompted for."""
    import matplotlib.pyplot as plt

    from sktsgan.plotting import ImageGridDisplay

    if prompted is None:
        display = ImageGridDisplay.from_samples(judge.train, free, n_columns=20, random_state=0)
    else:
        asked = asked_digits(len(free))
        display = ImageGridDisplay.from_samples(
            judge.train, prompted, judge.labels, asked, n_columns=12, random_state=0
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    display.figure_.savefig(path, dpi=100)
    plt.close(display.figure_)


def _row_specs(arguments):
    """Return the rows asked for, checked before the first is fitted."""
    changes = dict(arguments.set)
    if changes and not any(model.startswith("dcgan") for model in arguments.model):
        raise SystemExit("--set is for the rows dcgan and dcgan-y, which --model leaves out")
    specs = []
    for model in arguments.model:
        own = changes if model.startswith("dcgan") else {}
        specs.append(
            ImageRow(
                model,
                arguments.data,
                arguments.seeds,
                arguments.samples,
                arguments.seconds,
                arguments.processor_time,
                arguments.device,
                arguments.threads,
                own,
            )
        )
        make_model(specs[-1], 0)
    return specs


def _settings(arguments, argv, accuracy):
    return {
        "command": shlex.join(["python", "benchmarks/images.py", *argv]),
        "seconds": arguments.seconds,
        "processor_time": arguments.processor_time,
        "seeds": arguments.seeds,
        "device": arguments.device,
        "threads": arguments.threads,
        "judge_accuracy": accuracy,
        "torch": torch.__version__,
        "scikit-learn": sklearn.__version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
    }


def main(argv=None):
    """Print the table; return the results as they are written to JSON."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = make_parser().parse_args(argv)
    specs = _row_specs(arguments)
    with limited_threads(arguments.threads):
        classifier = load_or_train(arguments.data, arguments.judge, arguments.judge_epochs)
        judge = ImageJudge(arguments.data, classifier)
        settings = _settings(arguments, argv, judge.accuracy)
        results = {"settings": settings, "rows": []}
        budget = (
            "default updates" if arguments.seconds is None else f"{arguments.seconds:g} s a fit"
        )
        print(
            f"{len(judge.train)} digits to train, {len(judge.held_out)} held out, {budget}, {arguments.seeds} training "
            f"seed(s): mean (worst); {arguments.device}, {arguments.threads} thread(s), torch {torch.__version__}; the "
            f"judge recognises {100 * judge.accuracy:.2f} % of the held-out digits\n"
        )
        print(_table.join_titles(_COLUMNS, markdown=arguments.markdown), flush=True)
        for spec in specs:
            row = make_row(spec, judge, arguments.pictures)
            results["rows"].append(row)
            print(_table.join_cells(_COLUMNS, row, markdown=arguments.markdown), flush=True)
            for seed, fit in enumerate(row["fits"]):
                for warning in fit.get("warnings", []):
                    print(f"{spec.model}, seed {seed}: {warning}", file=sys.stderr)
            if arguments.output is not None:  # after every row: what is done is kept
                arguments.output.write_text(json.dumps(results, indent=1))
    return results


if __name__ == "__main__":
    main()
