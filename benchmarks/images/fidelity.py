"""How close generated digits come to real ones, and at what cost: one table, a row a model.

usage: python -m benchmarks.images.fidelity --data DIR [--seconds 300] [--seeds 3]
           [--model real,gmm,gmm-y,mlp,dcgan,dcgan-y] [--judge FILE.safetensors] [--pictures DIR] [--markdown]

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

import sys
from pathlib import Path

import numpy as np
import torch

from benchmarks._common import _results
from benchmarks._common._options import add_changes, count, make_parser, names_among
from benchmarks._common._processes import limited_threads, run_in_fresh_process
from benchmarks.images._digits import FILE, classify, load_digits, load_or_train
from benchmarks.images._models import MODELS, ImageRow, asked_digits, fit_row, make_model
from sktsgan.metrics import (
    DigitFeatures,
    frechet_distance,
    nearest_neighbor_ratio,
    precision_recall,
)

_COLUMNS = [
    ("model", 22, lambda row: row["label"]),
    ("FD", 15, lambda row: _results.score(row, "frechet")),
    ("precision", 11, lambda row: _results.score(row, "precision", min)),
    ("recall", 11, lambda row: _results.score(row, "recall", min)),
    ("modes", 11, lambda row: _results.score(row, "modes")),
    ("prompted", 11, lambda row: _results.score(row, "prompted", min)),
    ("nn ratio", 11, lambda row: _results.score(row, "neighbor_ratio", min)),
    ("fit s", 15, _results.seconds),
    ("cpu s", 15, lambda row: _results.seconds(row, "cpu_seconds")),
    ("images/s", 9, lambda row: _results.mean(row, "images_per_second", ",.0f")),
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


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=2)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help=f"holds {FILE}")
    add("--seconds", type=float, help="budget of a fit; without it max_iter is the default")
    add("--processor-time", action="store_true",
        help="the budget is processor time, for a machine with other work to do")  # fmt: skip
    add("--seeds", type=count, default=1, help="training seeds, 0, 1, ... (1)")
    add("--model", type=names_among(MODELS), default=list(MODELS), metavar="NAME[,NAME...]",
        help=str(MODELS))  # fmt: skip
    add_changes(add, "the rows dcgan and dcgan-y")
    add("--samples", type=count, default=10_000,
        help="images without a prompt, of which shares are counted; with one, a fifth (10000)")  # fmt: skip
    add("--device", default="cpu", help="of the models that train: cpu, cuda (cpu)")
    add("--judge", type=Path, metavar="FILE.safetensors",
        help="the judge's weights, read from here or, after training, written here")  # fmt: skip
    add("--judge-epochs", type=count, default=12, help="of the judge's training (12)")
    add("--pictures", type=Path, metavar="DIR", help="write a grid of each row as PNG")
    return parser.parse_args(argv)


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


def main(argv=None):
    """Print the table; return the results as they are written to JSON."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = read_options(argv)
    specs = _row_specs(arguments)
    budget = "default updates" if arguments.seconds is None else f"{arguments.seconds:g} s a fit"
    with limited_threads(arguments.threads):
        classifier = load_or_train(arguments.data, arguments.judge, arguments.judge_epochs)
        judge = ImageJudge(arguments.data, classifier)
        settings = _results.describe_run(
            "images.fidelity", argv, arguments, judge_accuracy=judge.accuracy
        )
        results = {"settings": settings, "rows": []}
        print(
            f"{len(judge.train)} digits to train, {len(judge.held_out)} held out, {budget}, {arguments.seeds} training "
            f"seed(s): mean (worst); {arguments.device}, {arguments.threads} thread(s), torch {torch.__version__}; the "
            f"judge recognises {100 * judge.accuracy:.2f} % of the held-out digits\n"
        )
        _results.print_rows(
            specs,
            lambda spec: make_row(spec, judge, arguments.pictures),
            _results.Table(_COLUMNS, markdown=arguments.markdown),
            results,
            arguments.output,
        )
    return results


if __name__ == "__main__":
    main()
