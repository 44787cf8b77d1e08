"""What over-sampling brings a digit of which only a few images are known: its recall on held-out images.

usage: python -m benchmarks.augmentation.digits --data DIR [--digit 3,5,8] [--images 20] [--seeds 2] [--seconds 120]
           [--over-sampler none,random,SMOTE,GANOverSampler] [--markdown] [--output FILE.json]

Needs imbalanced-learn. ``DIR`` holds ``mnist10k.npz``. Of the 8,000 training images all are kept but those of one
digit, of which 20 are left, drawn by the seed; an over-sampler brings these up to the mean size of the other classes;
each classifier learns from that and tells the digits of the 2,000 held-out images.

Rows
----
none             the 20 images
random           copies of them
SMOTE            imbalanced-learn's, on pixels, with its defaults
GANOverSampler   GANOverSampler(DCGANSampler()), which learns all ten digits together

Columns
-------
Recall of the digit and, over all ten, balanced accuracy, in percent: means over digits and seeds, for each classifier,
all on 50 principal components of the training images: a support vector machine (C=10), logistic regression on
standardised components, a random forest. The last lines give the difference in recall from the
row "SMOTE", with a 95 % interval over pairs of digit and seed.
"""

import time
import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks._common._fits import Budget, set_known
from benchmarks._common._options import add_changes, count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import format_table, write_json
from benchmarks.augmentation._compare import OURS, RIVAL, format_difference
from benchmarks.images._digits import FILE, load_digits
from sktsgan import DCGANSampler, GANOverSampler

OVER_SAMPLERS = ("none", "random", RIVAL, OURS)
_DIGITS = tuple("0123456789")


def make_classifiers(seed):
    """Return the classifiers by name."""
    return {
        "SVC": SVC(C=10),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "forest": RandomForestClassifier(random_state=seed),
    }


def make_few(X, y, digit, n_images, seed):
    """Return images and labels with only ``n_images`` of a digit left."""
    own = np.random.default_rng(seed).permutation(np.flatnonzero(y == digit))[:n_images]
    rows = np.sort(np.concatenate([np.flatnonzero(y != digit), own]))
    return X[rows], y[rows]


def over_sample(name, X, y, digit, seed, sampler):
    """Return the images and labels with new ones of a digit: as many as the other classes have on average."""
    if name == "none":
        return X, y
    wanted = {digit: round(np.mean(np.bincount(y)[np.unique(y[y != digit])]))}
    if name == OURS:
        ours = GANOverSampler(sampler, sampling_strategy=wanted, random_state=seed)
        return ours.fit_resample(X, y)
    from imblearn.over_sampling import SMOTE, RandomOverSampler

    kind = RandomOverSampler if name == "random" else SMOTE
    flat = X.reshape(len(X), -1) / 255  # of uint8, SMOTE would make differences that wrap around
    flat, labels = kind(sampling_strategy=wanted, random_state=seed).fit_resample(flat, y)
    return 255 * flat.reshape(-1, *X.shape[1:]), labels


def measure(training_set, held_out, digit, seed):
    """Return the recall of a digit and the balanced accuracy of each classifier.

    Returns
    -------
    scores : dict of dict
        By classifier: ``recall`` and ``accuracy``.
    """
    (X, y), (X_held_out, y_held_out) = training_set, held_out
    flat, flat_held_out = (images.reshape(len(images), -1) / 255 for images in (X, X_held_out))
    pca = PCA(min(50, len(X) - 1), random_state=seed).fit(flat)
    points, points_held_out = pca.transform(flat), pca.transform(flat_held_out)
    scores = {}
    for name, classifier in make_classifiers(seed).items():
        predicted = classifier.fit(points, y).predict(points_held_out)
        scores[name] = {
            "recall": float((predicted[y_held_out == digit] == digit).mean()),
            "accuracy": float(balanced_accuracy_score(y_held_out, predicted)),
        }
    return scores


def format_means(rows, markdown):
    """Return the table of means over digits and seeds."""
    columns = [(name, what) for what in ("recall", "accuracy") for name in rows[0]["scores"]]
    titles = [f"{'recall' if what == 'recall' else 'bal. acc.'}, {name}" for name, what in columns]
    lines = []
    for over_sampler in dict.fromkeys(row["over_sampler"] for row in rows):
        means = [100 * np.mean(scores_of(rows, over_sampler, *column)) for column in columns]
        taken = np.mean([row["seconds"] for row in rows if row["over_sampler"] == over_sampler])
        lines.append([over_sampler, *(f"{mean:.1f}" for mean in (*means, taken))])
    return format_table(["over-sampler", *titles, "seconds"], lines, markdown=markdown)


def scores_of(rows, over_sampler, classifier, what="recall"):
    """Return the scores of an over-sampler and a classifier for each digit and seed."""
    own = [row["scores"] for row in rows if row["over_sampler"] == over_sampler]
    return [scores[classifier][what] for scores in own]


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=2)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help=f"holds {FILE}")
    add("--digit", type=names_among(_DIGITS), default=["3", "5", "8"], help="(3,5,8)")
    add("--images", type=count, default=20, help="images of the digit (20)")
    add("--seeds", type=count, default=2, help="seeds 0, 1, ... (2)")
    add("--over-sampler", type=names_among(OVER_SAMPLERS), default=list(OVER_SAMPLERS))
    add("--seconds", type=float, help="budget of a GAN's fit; without it max_iter is the default")
    add("--processor-time", action="store_true", help="the budget is processor time")
    add_changes(add, "DCGANSampler")
    add("--device", default="cpu", help="of the GAN: cpu, cuda (cpu)")
    return parser.parse_args(argv)


def _make_sampler(options, X, y):
    """Return the unfitted sampler, its updates those that the budget pays for."""
    sampler = set_known(DCGANSampler(device=options.device, random_state=0), dict(options.set))
    budget = Budget(options.seconds, by_processor=options.processor_time)
    if OURS in options.over_sampler:
        budget.plan(sampler, X, y)
    return budget.apply(sampler).set_params(random_state=None)  # the over-sampler's seed rules


def main(argv=None):
    """Measure, print the table, and return its rows."""
    options = read_options(argv)
    X, y, *held_out = load_digits(options.data)
    rows = []
    with limited_threads(options.threads), warnings.catch_warnings(action="ignore"):
        sampler = _make_sampler(options, X, y)
        for digit in map(int, options.digit):
            for seed in range(options.seeds):
                few = make_few(X, y, digit, options.images, seed)
                for name in options.over_sampler:
                    start = time.perf_counter()
                    more = over_sample(name, *few, digit, seed, sampler)
                    seconds = time.perf_counter() - start
                    row = {"digit": digit, "seed": seed, "over_sampler": name, "seconds": seconds}
                    rows.append(row | {"scores": measure(more, held_out, digit, seed)})
                write_json(options.output, {"rows": rows})  # after every set: what is done is kept
    print(format_means(rows, options.markdown))
    if {OURS, RIVAL} <= set(options.over_sampler):
        for name in rows[0]["scores"]:
            pair = (scores_of(rows, over_sampler, name) for over_sampler in (OURS, RIVAL))
            print(f"\n{name}: {format_difference(*pair)}")
    return rows


if __name__ == "__main__":
    main()
