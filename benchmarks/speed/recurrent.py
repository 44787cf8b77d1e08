"""What a joint step of TimeGANSampler costs against the published losses written down with torch.nn.GRU.

usage: python -m benchmarks.speed.recurrent --steps 40 --repeats 5

The loop by hand makes the steps of the published configuration as its code has them: twice the generator and the
embedder, each from passes of its own through the networks, then the discriminator on passes of its own. Both sides
train networks of the same sizes on the same sinusoids, Adam included, on one thread. The other rows say where the
difference comes from: the sampler's steps with torch's recurrence in place of its own, and one recurrence against
the other.

Ratios are medians over repeats, of processor seconds; below 1 the sampler is faster. At most 1.05 is the aim.
"""

import contextlib
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import write_json
from benchmarks.speed._bare_loop import KeepBatches, median_ratio, seconds_of
from benchmarks.windows._models import TIMEGAN_PUBLISHED
from sktsgan import TimeGANSampler
from sktsgan.datasets import make_sines
from sktsgan.networks import _recurrent
from sktsgan.networks._fast._gru import run_gru

_LIMIT = 1.05
_UNMEASURED = 3  # steps that warm up


class PlainMap(nn.Module):
    """A recurrent network with a linear layer on its states, and a sigmoid."""

    def __init__(self, n_in, n_hidden, n_out, n_layers, *, both=False, bounded=True):
        super().__init__()
        self.gru = nn.GRU(n_in, n_hidden, n_layers, batch_first=True, bidirectional=both)
        self.out = nn.Linear(n_hidden * (1 + both), n_out)
        self.bounded = bounded

    def forward(self, series):
        made = self.out(self.gru(series)[0])
        return torch.sigmoid(made) if self.bounded else made


class PlainTimeGAN:
    """The published joint phase: a network a line, a pass a loss.

    Parameters
    ----------
    windows : Tensor of shape (n_windows, n_timesteps, n_channels)
        In [0, 1].
    """

    def __init__(self, windows, *, n_hidden=24, n_layers=3, batch_size=128, gamma=1.0):
        n_channels = windows.shape[2]
        self.windows, self.batch_size, self.gamma = windows, batch_size, gamma
        self.embedder = PlainMap(n_channels, n_hidden, n_hidden, n_layers)
        self.recovery = PlainMap(n_hidden, n_hidden, n_channels, n_layers)
        self.supervisor = PlainMap(n_hidden, n_hidden, n_hidden, n_layers - 1)
        self.generator = PlainMap(n_channels, n_hidden, n_hidden, n_layers)
        self.judge = PlainMap(n_hidden, n_hidden, 1, n_layers, both=True, bounded=False)
        groups = (self.generator, self.supervisor), (self.embedder, self.recovery), (self.judge,)
        self.adams = [
            torch.optim.Adam([p for network in group for p in network.parameters()], 1e-3)
            for group in groups
        ]

    def step(self):
        """Make a joint step."""
        for _ in range(2):
            real, noise = self.draw()
            self.descend(self.adams[0], self.generator_loss(real, noise))
            self.descend(self.adams[1], self.embedder_loss(real))
        loss = self.discriminator_loss(*self.draw())
        if float(loss.detach()) > 0.15:
            self.descend(self.adams[2], loss)

    def draw(self):
        """Return real windows and noise."""
        rows = torch.randint(len(self.windows), (self.batch_size,))
        return self.windows[rows], torch.rand(self.batch_size, *self.windows.shape[1:])

    @staticmethod
    def descend(adam, loss):
        """Make a step of one optimizer."""
        adam.zero_grad()
        loss.backward()
        adam.step()

    def predict(self, real):
        """Return the supervised loss."""
        states = self.embedder(real)
        return mse_loss(self.supervisor(states)[:, :-1], states[:, 1:])

    def generator_loss(self, real, noise):
        """Return the loss of generator and supervisor."""
        before = self.generator(noise)
        after = self.supervisor(before)
        made = self.recovery(after)
        deviations = (torch.sqrt(w.var(dim=0, unbiased=False) + 1e-6) for w in (real, made))
        moments = (torch.sub(*deviations)).abs().mean()
        moments = moments + (real.mean(dim=0) - made.mean(dim=0)).abs().mean()
        adversarial = _cross_entropy(self.judge(after), 1)
        adversarial = adversarial + self.gamma * _cross_entropy(self.judge(before), 1)
        return adversarial + 100 * torch.sqrt(self.predict(real)) + 100 * moments

    def embedder_loss(self, real):
        """Return the loss of embedder and recovery."""
        recovered = self.recovery(self.embedder(real))
        return 10 * torch.sqrt(mse_loss(recovered, real)) + 0.1 * self.predict(real)

    def discriminator_loss(self, real, noise):
        """Return the loss of the discriminator."""
        with torch.no_grad():
            states, before = self.embedder(real), self.generator(noise)
            after = self.supervisor(before)
        loss = _cross_entropy(self.judge(states), 1) + _cross_entropy(self.judge(after), 0)
        return loss + self.gamma * _cross_entropy(self.judge(before), 0)


def _cross_entropy(logits, label):
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def make_sampler_steps(windows):
    """Return a function that makes joint steps of the sampler's net, their record and batches included."""
    keep = KeepBatches()
    options = {"pretraining": (0, 0), "max_iter": 1, "callbacks": [keep]}
    with warnings.catch_warnings(action="ignore"):  # of a generator of one step
        sampler = TimeGANSampler(**TIMEGAN_PUBLISHED | options, device="cpu", random_state=0)
        net = sampler.fit(windows).net_
    return lambda n_steps: net.run(keep.batches_, n_steps, 50)


def make_plain_steps(windows):
    """Return a function that makes joint steps by hand."""
    scaled = (windows - windows.min(axis=(0, 1))) / np.ptp(windows, axis=(0, 1))
    plain = PlainTimeGAN(torch.as_tensor(scaled, dtype=torch.float32))
    return lambda n_steps: [plain.step() for _ in range(n_steps)]


@contextlib.contextmanager
def torch_recurrence():
    """Let the sampler's networks run torch's recurrence inside the block."""

    def run(recurrent, series, lengths=None):
        return recurrent(series)[0]

    own, _recurrent._run = _recurrent._run, run
    try:
        yield
    finally:
        _recurrent._run = own


def make_recurrence(run, batch_size=128, n_timesteps=24, size=24):
    """Return a function that runs a recurrence forwards and backwards some times."""
    gru = nn.GRU(size, size, batch_first=True)
    series = torch.randn(batch_size, n_timesteps, size, requires_grad=True)
    return lambda n_times: [run(gru, series).sum().backward() for _ in range(n_times)]


def compare(first, second, n_steps, n_repeats):
    """Return medians of the processor's seconds of a step of both, and of their ratios."""
    for run in (first, second):
        run(_UNMEASURED)
    pairs = []
    for repeat in range(n_repeats):
        order = slice(None, None, 1 if repeat % 2 else -1)
        pairs.append([seconds_of(lambda r=r: r(n_steps)) for r in (first, second)[order]][order])
    own, others = zip(*pairs, strict=True)
    return {
        "ratio": median_ratio(own, others)[1],
        "first_ms": 1000 * float(np.median(own, axis=0)[1]) / n_steps,
        "second_ms": 1000 * float(np.median(others, axis=0)[1]) / n_steps,
    }


def compare_all(windows, n_steps, n_repeats):
    """Return what each comparison finds."""
    sampler, plain = make_sampler_steps(windows), make_plain_steps(windows)

    def with_torch(n_steps):
        with torch_recurrence():
            sampler(n_steps)

    own, torchs = (make_recurrence(run) for run in (run_gru, lambda gru, x: gru(x)[0]))
    return {
        "joint step, sampler / by hand": compare(sampler, plain, n_steps, n_repeats),
        "joint step, sampler with torch's recurrence / by hand": compare(
            with_torch, plain, n_steps, n_repeats
        ),
        "one recurrence, own / torch": compare(own, torchs, 5 * n_steps, n_repeats),
    }


def main(argv=None):
    """Print the ratios; return them as they are written to JSON."""
    parser = make_parser(__doc__, threads=1, markdown=False)
    parser.add_argument("--steps", type=count, default=40, help="joint steps of a repeat (40)")
    parser.add_argument("--repeats", type=count, default=5, help="of each comparison (5)")
    arguments = parser.parse_args(argv)
    with limited_threads(arguments.threads):
        windows = make_sines(1000, random_state=0)
        found = compare_all(windows, arguments.steps, arguments.repeats)
    for name, row in found.items():
        taken = f"{row['first_ms']:.2f} ms against {row['second_ms']:.2f} ms"
        print(f"{name}: {row['ratio']:.3f} ({taken})")
    limit = found["joint step, sampler / by hand"]["ratio"]
    print(f"at most {_LIMIT}: {'yes' if limit <= _LIMIT else 'NO'}")
    write_json(arguments.output, found)
    return found


if __name__ == "__main__":
    main()
