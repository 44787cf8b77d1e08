"""Neighbourhoods as what a generator starts from."""

import numpy as np
import torch

from sktsgan import NeighborSampler
from sktsgan.closed_form import times_of_windows
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.scaling._readings import ReadingScaler


def make_base(windows, labels, seen=slice(None)):
    table = NeighborSampler().fit(windows, labels).conditions_
    scaler = ReadingScaler().fit(windows)
    return NeighborBase.around(windows, 4, scaler, table, times_of_windows(windows), seen), table


def test_later_rows_are_drawn_around_windows_of_their_class(walks, labels):
    base, table = make_base(walks, labels)
    later = table.append(20, y=np.repeat(["a", "c"], 10), timestamps=None, conditions=None)
    base.add_rows(later, table, 0)
    assert len(base.windows_) == 100
    around = base.windows_[later]
    assert set(labels[around[:10]]) == {"a"} and set(labels[around[10:]]) == {"c"}
    assert len(set(around[:10])) > 3  # not always the same one


def test_windows_of_a_mask(walks, labels):
    seen = np.arange(80) % 2 == 0
    base, _ = make_base(walks, labels, seen)
    assert (base.windows_ >= 0).tolist() == seen.tolist()
    scores, as_read, centres = base.draw(torch.as_tensor([0, 40]), torch.Generator().manual_seed(0))
    assert scores.shape == (2, 8, 2) and not as_read
    assert centres[:, 0].tolist() == [0, 20]


def test_real_values_on_a_grid_are_spread_over_the_gap(walks, labels):
    windows = np.concatenate([(walks[..., :1] * 2).round() / 2, walks[..., 1:]], axis=2)
    base, _ = make_base(windows, labels)
    scores = torch.as_tensor(base.neighborhoods.scaler_.transform(windows))
    change = base.blur(scores) - scores
    gap = 0.5 / windows[..., 0].std()
    assert 0.4 * gap < change[..., 0].abs().max() <= gap / 2 + 1e-6
    assert change[..., 1].abs().max() == 0
