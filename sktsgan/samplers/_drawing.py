"""New items in blocks, by the rows that a prompt selects."""

from sktsgan._random import draw_seed, torch_generator
from sktsgan.prompts import KINDS, read_beginning, select_rows
from sktsgan.samplers._blocks import block_size
from sktsgan.samplers._rules import decode

__all__ = ["iter_blocks"]


def iter_blocks(sampler, n_samples, prompt, random_state, **options):
    """Yield blocks of items and their conditions, whose sizes depend on the items' shape alone."""
    selection = _select(sampler, prompt, n_samples, **options)
    generator = torch_generator(draw_seed(random_state))
    return _make_blocks(sampler, n_samples, selection, generator)


def _select(sampler, prompt, n_samples, **options):
    """Return the training items that agree with a prompt; ``options`` go on to ``_make``."""
    container = sampler.container_
    selection = select_rows(
        sampler.conditions_,
        prompt,
        n_samples,
        name=type(sampler).__name__,
        kinds=(*KINDS, read_beginning) if container.noun == "texts" else KINDS,
        exact=container.exact,
    )
    selection.options = options
    beginnings = [exact.get("prefix") for exact in selection.exact]
    if any(beginning is not None for beginning in beginnings):
        prefixes = container.encode_beginnings(beginnings)
        if prefixes.shape[1]:  # else nothing begins with a word
            selection.prefixes, selection.weigh = prefixes, sampler._weigh
    return selection


def _make_blocks(sampler, n_samples, selection, generator):
    size = block_size(sampler.container_.shape)
    for first in range(0, n_samples, size):
        n_items = min(size, n_samples - first)
        rows = selection.draw(first, n_items, generator)
        made = decode(sampler, sampler._make(rows, generator, **selection.details(first, n_items)))
        yield made, selection.describe(first, rows)
