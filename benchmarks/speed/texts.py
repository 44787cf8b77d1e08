"""What drawing, rollouts and training of texts cost, beside loops written without further thought.

usage: python -m benchmarks.speed.texts [--repeats N] [--output FILE.json]

Sizes are those of SeqGAN's oracle experiment: 5,000 words, texts of 20, embedding and hidden size 32, batches of 64.

rollouts   16 of each beginning of 64 texts, against a loop that reads each prefix anew for every further word and draws
           by torch.multinomial; and against one that goes on from the kept state but draws by torch.multinomial;
drawing    tokens a second and core;
step       an update by maximum likelihood of the sampler's net, records and batches included, against the same update
           written out with torch's cross-entropy.

Seconds are those of the processor, medians over repeats.
"""

import statistics

import numpy as np
import torch

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import write_json
from benchmarks.speed._bare_loop import KeepBatches, seconds_of
from sktsgan.networks import LSTMLanguageModel, draw_tokens, roll_out
from sktsgan.samplers import SeqGANSampler

_LENGTH, _N_WORDS, _BATCH, _N_ROLLOUTS = 20, 5000, 64, 16
_SIZES = {"embedding_size": 32, "hidden_size": 32, "dropout": 0.0}
_LEAST_RATIO, _LEAST_RATE, _MOST_STEP = 8.0, 50_000, 1.05


def make_model():
    """Return a language model of the oracle's sizes that has learned nothing."""
    torch.manual_seed(0)
    model = LSTMLanguageModel(3 + _N_WORDS, 0, n_layers=1, **_SIZES)
    frequencies = torch.ones(3 + _N_WORDS)
    frequencies[:2] = 0
    model.head.set_frequencies(frequencies / frequencies.sum())
    return model.eval()


@torch.no_grad()
def roll_out_naively(model, tokens, n_rollouts, n_kept):
    """Make rollouts of the beginnings of one length, each word from the whole prefix."""
    made = tokens[:, :n_kept].repeat_interleave(n_rollouts, dim=0)
    for _ in range(n_kept, _LENGTH):
        padded = torch.cat([made, made[:, :1]], dim=1)  # the last one is not read
        logits = model.head(model.states(padded)[:, -1])
        drawn = torch.multinomial(torch.softmax(logits, dim=1), 1)
        made = torch.cat([made, drawn], dim=1)
    return made


@torch.no_grad()
def roll_out_by_multinomial(model, states, n_rollouts, n_kept):
    """Make rollouts of the beginnings of one length from their kept state."""
    seen, state = states[n_kept]
    seen, state = seen.repeat_interleave(n_rollouts, dim=0), model.repeat(state, n_rollouts)
    for place in range(n_kept, _LENGTH):
        drawn = torch.multinomial(torch.softmax(model.head(seen), dim=1), 1)[:, 0]
        if place < _LENGTH - 1:
            seen, state = model.advance(drawn, state)


def compare_rollouts(model, n_repeats):
    """Return the seconds of all rollouts of a batch: our own, naive ones, and those from kept states."""
    generator = torch.Generator().manual_seed(0)
    tokens, states = draw_tokens(model, _BATCH, _LENGTH, generator, keep=True)
    lengths = range(1, _LENGTH)
    ways = {
        "own": lambda: roll_out(model, tokens, states, _N_ROLLOUTS, generator),
        "naive": lambda: [roll_out_naively(model, tokens, _N_ROLLOUTS, n) for n in lengths],
        "kept states, multinomial": lambda: [
            roll_out_by_multinomial(model, states, _N_ROLLOUTS, n) for n in lengths
        ],
    }
    taken = [[seconds_of(way)[1] for way in ways.values()] for _ in range(n_repeats)]
    return dict(zip(ways, np.median(taken, axis=0).tolist(), strict=True))


def measure_drawing(model, n_repeats, n_texts=4096):
    """Return tokens drawn a second."""
    generator = torch.Generator().manual_seed(0)
    rates = [
        n_texts * _LENGTH / seconds_of(lambda: draw_tokens(model, n_texts, _LENGTH, generator))[1]
        for _ in range(n_repeats + 1)
    ]
    return statistics.median(rates[1:])


def make_plain_steps(tokens):
    """Return a function that makes updates by maximum likelihood, written out."""
    model = make_model().train()
    adam = torch.optim.AdamW(model.parameters(), 0.01, weight_decay=0.2)

    def run(n_steps):
        for _ in range(n_steps):
            batch = tokens[torch.randint(len(tokens), (_BATCH,))]
            loss = torch.nn.functional.cross_entropy(model(batch).flatten(0, 1), batch.flatten())
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            adam.step()

    return run


def compare_steps(tokens, n_repeats, n_steps=10):
    """Return the seconds of an update of the sampler's net, and of one written out."""
    sampler = SeqGANSampler(
        vocabulary=range(_N_WORDS),
        pretraining=1,
        validation_fraction=0,
        temperature=1.0,
        device="cpu",
        random_state=0,
        **_SIZES,
    )
    keep = KeepBatches()
    net = sampler.set_params(callbacks=[keep]).fit(tokens.numpy() - 3).net_
    net.hold()
    plain = make_plain_steps(tokens)
    ways = lambda: net.run(keep.batches_, n_steps, 50), lambda: plain(n_steps)
    taken = [[seconds_of(way)[1] / n_steps for way in ways] for _ in range(n_repeats)]
    return np.median(taken, axis=0).tolist()


def _say(reached):
    return "yes" if reached else "NO"


def main(argv=None):
    """Print what was measured; return it as it is written to JSON."""
    parser = make_parser(__doc__, threads=1, markdown=False)
    parser.add_argument("--repeats", type=count, default=3, help="of each comparison (3)")
    arguments = parser.parse_args(argv)
    with limited_threads(arguments.threads):
        model = make_model()
        rollouts = compare_rollouts(model, arguments.repeats)
        rate = measure_drawing(model, arguments.repeats)
        generator = torch.Generator().manual_seed(0)
        steps = compare_steps(draw_tokens(model, 640, _LENGTH, generator), arguments.repeats)
    found = {"rollouts": rollouts, "tokens_per_second": rate, "steps": steps}
    for name, seconds in rollouts.items():
        print(f"rollouts, {name}: {seconds:.2f} s, {seconds / rollouts['own']:.1f} times our own")
    ratio = rollouts["naive"] / rollouts["own"]
    print(f"at least {_LEAST_RATIO:g} times as fast as naive ones: {_say(ratio >= _LEAST_RATIO)}")
    print(
        f"drawing: {rate:,.0f} tokens a second; at least {_LEAST_RATE:,}: {_say(rate >= _LEAST_RATE)}"
    )
    print(
        f"step: {1e3 * steps[0]:.1f} ms, {1e3 * steps[1]:.1f} ms written out: {steps[0] / steps[1]:.2f}"
    )
    write_json(arguments.output, found)
    return found


if __name__ == "__main__":
    main()
