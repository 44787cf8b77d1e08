import numpy as np
import pytest

from sktsgan.closed_form import WindowNeighborhoods, choose_n_neighbors, times_of_windows
from sktsgan.closed_form._neighborhood_block import decode, encode
from sktsgan.closed_form._neighborhood_size import membership_auc
from sktsgan.closed_form._neighborhoods import vary_within
from sktsgan.datasets import make_sines


def make_walk(n_steps, n_channels=2, seed=0):
    rng = np.random.default_rng(seed)
    series = rng.normal(size=(n_steps, n_channels)).cumsum(axis=0)
    return series - series.mean(axis=0)


def cut(series, n_timesteps, stride=1):
    view = np.lib.stride_tricks.sliding_window_view(series, n_timesteps, axis=0)
    return view[::stride].transpose(0, 2, 1).copy()


def draw(model, n_draws, rows=None, seed=0):
    return model.sample(n_draws, np.random.default_rng(seed), rows)


@pytest.fixture
def walks():
    return np.random.default_rng(0).normal(size=(300, 8, 2)).cumsum(axis=1)


def test_codes_there_and_back(walks):
    scores = walks.astype(np.float32)
    codes = encode(scores)
    assert codes.shape == (300, 2 * (8 + 2))
    # windows nearly flat lose a little of their scale
    np.testing.assert_allclose(decode(codes, 2), scores, atol=0.02)


def test_constants_copies_integers_and_grids(walks):
    walk = walks[..., 0]
    grid = np.array([-2.5, 0.1, 7.0])
    channels = {
        "walk": walk,
        "constant": np.full_like(walk, 0.1),
        "copy": walk,
        "integer": np.round(1000 * walk),
        "few": grid[np.digitize(walk, [-1, 1])],
    }
    windows = np.stack(list(channels.values()), axis=-1)
    made = np.moveaxis(draw(WindowNeighborhoods().fit(windows), 200), -1, 0)
    made = dict(zip(channels, made, strict=True))
    assert (made["constant"] == 0.1).all()
    np.testing.assert_array_equal(made["copy"], made["walk"])
    assert (made["integer"] % 1 == 0).all()
    assert np.isin(made["few"], grid).all()


def test_channels_with_an_atom_come_whole_from_one_window(walks):
    rain = np.maximum(walks[..., 0], 0)
    windows = np.stack([rain, walks[..., 1]], axis=-1)
    made = draw(WindowNeighborhoods().fit(windows), 100)[..., 0]
    seen = {window.tobytes() for window in rain}
    assert all(window.tobytes() in seen for window in made)


def test_all_constant():
    model = WindowNeighborhoods().fit(np.full((5, 4, 2), 3.5))
    np.testing.assert_array_equal(draw(model, 2), np.full((2, 4, 2), 3.5))


@pytest.mark.parametrize("order", ["strided", "shuffled", "independent"])
def test_neighbours_share_no_reading_with_their_window(order):
    windows = cut(make_walk(900), 12, stride=3 if order == "strided" else 1)
    starts = np.arange(len(windows)) * (3 if order == "strided" else 1)
    if order == "shuffled":
        starts = np.random.default_rng(0).permutation(starts)
        windows = windows[starts]
    if order == "independent":
        windows = np.random.default_rng(0).normal(size=(300, 12, 2)).cumsum(axis=1)
        starts = 100 * np.arange(300)
    model = WindowNeighborhoods().fit(windows)
    for block in model.blocks_:
        begin = np.sort(starts[block.neighbors], axis=1)
        assert (np.abs(begin - starts[:, None]) >= 12).all()
        assert (np.diff(begin, axis=1) >= 3).all()


def test_draws_are_spread_about_the_mean_of_the_neighbours(walks):
    model = WindowNeighborhoods(8).fit(walks[:, :1])  # a single step: all is level
    channels = [block.channels for block in model.blocks_]
    made = draw(model, 20_000, np.full(20_000, 7))[:, 0]
    near = walks[model.blocks_[0].neighbors[7], 0][:, channels[0]]
    np.testing.assert_allclose(made[:, channels[0]].mean(axis=0), near.mean(axis=0), atol=0.05)
    spread = near.std(axis=0, ddof=1)
    np.testing.assert_allclose(made[:, channels[0]].std(axis=0), spread, rtol=0.1)


def test_classes_at_far_levels_do_not_leak(walks):
    classes = np.arange(300) % 3
    walks += 1000.0 * classes[:, None, None]
    model = WindowNeighborhoods().fit(walks, classes)
    rows = np.random.default_rng(1).integers(300, size=500)
    made = draw(model, 500, rows).mean(axis=(1, 2))
    np.testing.assert_array_equal(np.round(made / 1000), classes[rows])


def test_noise_of_a_class_stays_in_it():
    rng = np.random.default_rng(0)
    classes = np.repeat([0, 1], 2000)
    noise = np.stack([rng.normal(size=(4000, 12)), rng.choice([-1.0, 1.0], (4000, 12))], axis=-1)
    noise[classes == 1, :, 1] *= 1 + 1e-9  # too little to see, but enough to tell
    model = WindowNeighborhoods().fit(noise, classes)
    assert model.scaler_.white_.all()
    made = draw(model, 200, np.arange(2000, 2200))
    assert (np.abs(made[..., 1]) > 1).all()


def test_neighbours_are_alike_in_what_is_known(walks):
    known = np.random.default_rng(1).uniform(size=(300, 1))
    model = WindowNeighborhoods().fit(walks, None, known)
    apart = np.abs(known[model.blocks_[0].neighbors, 0] - known).mean()
    assert apart < 0.1  # of windows drawn at random: a third
    assert model.conditioned_


def test_what_is_known_within_classes():
    of_class = np.array([0, 0, 1, 1])
    classes_alone = np.eye(2)[of_class]
    assert vary_within(classes_alone, of_class) is None
    assert vary_within(None, of_class) is None
    both = np.column_stack([classes_alone, [1.0, 3, 5, 5]])
    np.testing.assert_allclose(vary_within(both, of_class)[:, 2], [-1, 1, 0, 0])


@pytest.mark.parametrize("n_windows", [2, 3, 5, 20])
def test_few_windows(walks, n_windows):
    made = draw(WindowNeighborhoods().fit(walks[:n_windows]), 50)
    assert made.shape == (50, 8, 2) and np.isfinite(made).all()
    assert (made >= walks[:n_windows].min(axis=(0, 1))).all()
    assert (made <= walks[:n_windows].max(axis=(0, 1))).all()
    assert len(np.unique(made, axis=0)) > n_windows


@pytest.mark.parametrize("n_members", [1, 2, 3])
def test_few_windows_of_a_class(walks, n_members):
    classes = (np.arange(300) >= 300 - n_members).astype(int)
    walks[classes == 1] += 500
    model = WindowNeighborhoods().fit(walks, classes)
    made = draw(model, 60, np.full(60, 299))
    assert (made.mean(axis=(1, 2)) > 400).all()
    assert len(np.unique(made, axis=0)) > n_members
    if n_members == 1:
        assert (np.abs(made - walks[299]).max(axis=(1, 2)) > 1e-3).mean() > 0.9


def test_the_atoms_of_a_lone_window_are_its_own(walks):
    classes = (np.arange(300) == 299).astype(int)
    windows = np.maximum(walks, 0)
    windows[299] = np.where(windows[299] > 0, 50, 0)
    model = WindowNeighborhoods().fit(windows, classes)
    made = draw(model, 20, np.full(20, 299))
    np.testing.assert_array_equal(made, np.broadcast_to(windows[299], made.shape))


@pytest.mark.parametrize(
    "shape", [(40, 1, 1), (40, 2, 3), (60, 1, 5), (40, 256, 2), (20, 8, 60), (300, 24, 1)]
)
def test_shapes(shape):
    windows = np.random.default_rng(0).normal(size=shape).cumsum(axis=1)
    made = draw(WindowNeighborhoods().fit(windows), 33)
    assert made.shape == (33, *shape[1:]) and np.isfinite(made).all()


def test_windows_that_are_all_the_same(walks):
    same = np.repeat(walks[:1].round(1), 30, axis=0)
    made = draw(WindowNeighborhoods().fit(same), 4)
    np.testing.assert_array_equal(made, same[:4])


def test_draws_are_no_copies(walks):
    made = draw(WindowNeighborhoods().fit(walks), 300)
    distance = np.abs(made[:, None] - walks[None]).max(axis=(2, 3)).min(axis=1)
    assert (distance > 1e-3).all()


def test_unlinked_channels_stay_unlinked_and_linked_ones_linked():
    sines = make_sines(2000, 24, 2, random_state=0)
    windows = np.concatenate([sines, 1 - sines[..., :1] ** 2], axis=2)
    for classes in (None, np.arange(2000) % 2):
        model = WindowNeighborhoods().fit(windows, classes)
        assert [block.channels.tolist() for block in model.blocks_] == [[0, 2], [1]]
        made = draw(model, 4000)
        levels = np.corrcoef(made.mean(axis=1), rowvar=False)
        expected = np.corrcoef(windows.mean(axis=1), rowvar=False)
        np.testing.assert_allclose(levels, expected, atol=0.1)


def test_linked_noise_stays_linked():
    rng = np.random.default_rng(0)
    first = rng.normal(size=(3000, 12))
    windows = np.stack([first, first + rng.normal(size=first.shape)], axis=-1)
    made = draw(WindowNeighborhoods().fit(windows), 3000).reshape(-1, 2)
    assert np.corrcoef(made, rowvar=False)[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.15)


def test_margins_and_roughness(walks):
    made = draw(WindowNeighborhoods().fit(walks), 4000)
    for q in (0.1, 0.5, 0.9):
        expected = np.quantile(walks, q, axis=(0, 1))
        np.testing.assert_allclose(
            np.quantile(made, q, axis=(0, 1)), expected, atol=0.2 * walks.std()
        )
    steps = [np.diff(w, axis=1).std() for w in (walks, made)]
    assert steps[1] == pytest.approx(steps[0], rel=0.15)


def test_same_seed_same_bits(walks):
    model = WindowNeighborhoods().fit(walks)
    again = WindowNeighborhoods().fit(walks.copy())
    assert draw(model, 50).tobytes() == draw(again, 50).tobytes()
    assert draw(model, 50).tobytes() != draw(model, 50, seed=1).tobytes()


def test_more_neighbours_give_windows_away_less():
    windows = cut(make_walk(1500), 24)
    times = times_of_windows(windows)
    few, many = (membership_auc(k, windows, None, None, times, 0) for k in (2, 32))
    assert 0.4 < many < few <= 1


@pytest.mark.parametrize(
    ("aucs", "expected"),
    [((0.9,), 8), ((0.95, 0.7), 16), ((0.95, 0.91, 0.7), 32), ((1, 1, 1), 32)],
)
def test_number_of_neighbours(monkeypatch, aucs, expected):
    aucs = iter(aucs)
    module = "sktsgan.closed_form._neighborhood_size"
    monkeypatch.setattr(f"{module}.membership_auc", lambda *_: next(aucs))
    assert choose_n_neighbors(np.empty((200, 2, 1)), None, None, np.arange(200), 0) == expected


def test_few_windows_get_eight_neighbours():
    assert choose_n_neighbors(np.empty((199, 2, 1)), None, None, np.arange(199), 0) == 8


def test_membership_by_class_and_condition(walks):
    times, known = times_of_windows(walks), np.random.default_rng(0).normal(size=(300, 2))
    auc = membership_auc(8, walks, np.arange(300) % 2, known, times, 0)
    assert 0.3 < auc < 0.9  # draws from independent walks tell little


def test_large_draws_are_made_in_pieces(walks, monkeypatch):
    monkeypatch.setattr("sktsgan.closed_form._neighborhoods._CHUNK_VALUES", 2000)
    made = draw(WindowNeighborhoods().fit(walks), 101)
    assert made.shape == (101, 8, 2) and np.isfinite(made).all()
