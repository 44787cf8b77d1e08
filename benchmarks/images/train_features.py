"""Train the network of ``sktsgan.metrics.DigitFeatures`` and write its weights.

usage: python -m benchmarks.images.train_features --data DIR [--output FILE.safetensors]

``DIR`` holds ``mnist10k.npz``. The first 8,000 images are learnt, the last 2,000 only score. The file's metadata say
what it was trained on and how well it does; state the accuracy where DigitFeatures is documented too.
"""

import time
from pathlib import Path

from safetensors.torch import save_file

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import limited_threads
from benchmarks.images._digits import FILE, classify, load_digits, train_classifier

_WEIGHTS = Path(__file__).parents[2] / "sktsgan/metrics/data/digit_features.safetensors"


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1, markdown=False, output=False)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help=f"holds {FILE}")
    add("--epochs", type=count, default=25, help="times over the training images (25)")
    add("--seed", type=int, default=0)
    add("--output", type=Path, default=_WEIGHTS, help="where the weights go (into the package)")
    return parser.parse_args(argv)


def main(argv=None):
    """Train, print the accuracy on held-out images after every epoch, write the weights, return the accuracy."""
    options = read_options(argv)
    X, y, X_held_out, y_held_out = load_digits(options.data)

    def accuracy(network):
        return (classify(network, X_held_out) == y_held_out).mean()

    def report(epoch, network):
        seconds = time.perf_counter() - start
        print(f"epoch {epoch + 1}: {accuracy(network):.4f}, {seconds:.0f} s", flush=True)

    with limited_threads(options.threads):
        start = time.perf_counter()
        network = train_classifier(X, y, seed=options.seed, n_epochs=options.epochs, report=report)
        reached = accuracy(network)
    metadata = {
        "trained_on": f"MNIST (CC BY-SA 3.0), {len(X)} images",
        "test_accuracy": f"{reached:.4f}",
        "test_images": str(len(X_held_out)),
    }
    save_file(network.state_dict(), options.output, metadata=metadata)
    print(
        f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB, accuracy {reached:.4f}"
    )
    return reached


if __name__ == "__main__":
    main()
