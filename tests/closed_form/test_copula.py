import numpy as np
import pytest
import torch

from sktsgan.closed_form import WindowCopula
from sktsgan.datasets import make_sines


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def walks():
    """Two channels that have a part of their increments in common."""
    steps = np.random.default_rng(0).normal(size=(900, 6, 2))
    steps[..., 1] += 0.5 * steps[..., 0]
    return steps.cumsum(axis=1)


def test_one_group_has_the_moments_of_the_components(walks):
    copula = WindowCopula(n_components=1)
    components = copula.fit(walks)
    drawn = copula.draw(20_000, generator())[0].double().numpy()
    # of 2 levels, 2 log-scales and 2 shapes of 6 steps that sum to 0
    assert copula.n_principal_ == 14
    assert drawn.shape == (20_000, 14)
    np.testing.assert_allclose(drawn.mean(axis=0), components.mean(axis=0), atol=0.05)
    expected = np.cov(components, rowvar=False)
    np.testing.assert_allclose(np.cov(drawn, rowvar=False), expected, atol=0.06)


def test_margins_of_channels_and_correlations_in_time(walks):
    skewed = np.stack([np.exp(walks[..., 0]), -(walks[..., 1] ** 3)], axis=-1)
    copula = WindowCopula(n_components=1)
    copula.fit(skewed)
    made = copula.sample(5000, generator())
    assert made.shape == (5000, 6, 2)
    for c in range(2):
        share = [(made[..., c] < np.quantile(skewed[..., c], q)).mean() for q in (0.1, 0.5, 0.9)]
        np.testing.assert_allclose(share, [0.1, 0.5, 0.9], atol=0.05)
        real, drawn = (np.argsort(np.argsort(w[..., c], axis=0), axis=0) for w in (skewed, made))
        for t in range(5):
            expected = np.corrcoef(real[:, t], real[:, t + 1])[0, 1]
            correlation = np.corrcoef(drawn[:, t], drawn[:, t + 1])[0, 1]
            assert correlation == pytest.approx(expected, abs=0.1)


def test_mixture_has_mean_and_covariance_of_the_whole(walks):
    copula = WindowCopula(n_components=3)
    components = copula.fit(walks)
    (mixture,) = copula.mixtures_
    assert len(mixture.group_sizes_) == 3 and mixture.group_sizes_.sum() == 900
    drawn = copula.draw(20_000, generator())[0].double().numpy()
    np.testing.assert_allclose(drawn.mean(axis=0), components.mean(axis=0), atol=0.06)
    np.testing.assert_allclose(drawn.std(axis=0), components.std(axis=0), atol=0.1)


def test_number_of_groups(walks):
    # of 140 windows each, ten for each of 14 components
    for n_windows, expected in ((100, 1), (200, 1), (900, 6)):
        copula = WindowCopula()
        copula.fit(walks[:n_windows])
        assert [len(m.group_sizes_) for m in copula.mixtures_] == [expected]
    few = np.repeat(walks[:3], 20, axis=0)
    copula = WindowCopula(n_components=10)
    copula.fit(few)
    assert copula.mixtures_[0].group_sizes_.tolist() == [20, 20, 20]


def test_unrelated_channels_have_groups_of_their_own():
    sines = make_sines(2000, 24, 2, random_state=0)
    related = np.concatenate([sines, 1 - sines[..., :1] ** 2], axis=2)
    copula = WindowCopula()
    components = copula.fit(related)
    first, second = copula.components_.rows_of_blocks_
    assert len(first) + len(second) == components.shape[1] == copula.n_principal_
    # levels of the first block's channels, 0 and 2, depend on its components alone
    basis = copula.components_.basis_
    assert (basis[second][:, [0, 2]] == 0).all() and (basis[first][:, 1] == 0).all()
    made = copula.sample(4000, generator())
    levels = np.corrcoef(made.mean(axis=1), rowvar=False)
    expected = np.corrcoef(related.mean(axis=1), rowvar=False)
    np.testing.assert_allclose(levels, expected, atol=0.1)


def indicators(classes):
    return np.eye(classes.max() + 1)[classes]


def test_classes_are_drawn_by_frequency(walks):
    classes = np.repeat([0, 1, 2], [600, 270, 30])
    copula = WindowCopula(n_components=1)
    copula.fit(walks, classes, indicators(classes))
    mixture = copula.mixtures_[0]
    mixture.means_ = 100.0 * torch.arange(3.0)[:, None].expand_as(mixture.means_)
    drawn = copula.draw(20_000, generator())[0].mean(dim=1)
    shares = np.histogram(drawn, [-50, 50, 150, 250])[0] / 20_000
    np.testing.assert_allclose(shares, [600 / 900, 270 / 900, 30 / 900], atol=0.02)


def test_items_belong_to_the_groups_of_their_rows(walks):
    classes = np.arange(900) % 3
    copula = WindowCopula(n_components=2)
    copula.fit(walks, classes, indicators(classes))
    rows = torch.arange(90)
    (mixture,) = copula.mixtures_
    groups = copula.draw(90, generator(), rows)[2][:, 0]
    torch.testing.assert_close(groups, mixture.row_groups_[:90])
    for label in range(3):
        own = set(mixture.groups_of_class_[label])
        assert set(groups[torch.as_tensor(classes[:90] == label)].tolist()) <= own


def test_classes_keep_their_place(walks):
    classes = np.repeat([0, 1], 450)
    walks[classes == 1] += 100
    copula = WindowCopula()
    copula.fit(walks, classes, indicators(classes))
    rows = torch.tensor([3, 800, 600, 44, 500])
    made = copula.sample(5, generator(), rows)
    np.testing.assert_array_equal(made.mean(axis=(1, 2)) > 50, rows >= 450)


def test_conditions_shift_the_mean_and_leave_the_law_of_all(walks):
    condition = np.random.default_rng(1).normal(size=(900, 1))
    walks += 3 * condition[:, None]
    for n_groups in (1, 4):
        copula = WindowCopula(n_components=n_groups)
        components = copula.fit(walks, None, condition.astype(np.float32))
        low, high = (np.flatnonzero(s * condition[:, 0] > 1) for s in (-1, 1))
        for rows in (low, high):
            asked = torch.as_tensor(np.resize(rows, 4000))
            levels = copula.sample(4000, generator(), asked).mean(axis=(0, 1))
            np.testing.assert_allclose(levels, walks[rows].mean(axis=(0, 1)), atol=0.5)
        drawn = copula.draw(20_000, generator())[0].double().numpy()
        np.testing.assert_allclose(drawn.mean(axis=0), components.mean(axis=0), atol=0.08)
        np.testing.assert_allclose(drawn.std(axis=0), components.std(axis=0), atol=0.12)


def test_without_conditions_rows_say_nothing(walks):
    copula = WindowCopula(n_components=3)
    copula.fit(walks)
    some, others = (
        copula.sample(5, generator(), rows) for rows in (torch.zeros(5).long(), torch.arange(5))
    )
    np.testing.assert_array_equal(some, others)


def test_further_rows_belong_to_the_nearest_groups(walks):
    classes = np.arange(900) % 2
    copula = WindowCopula(n_components=3)
    copula.fit(walks, classes, indicators(classes))
    (mixture,) = copula.mixtures_
    copula.add_rows(walks[:100], classes[:100], indicators(classes)[:100])
    groups = mixture.row_groups_
    assert len(groups) == len(copula.conditions_) == 1000
    for label in range(2):
        assert set(groups[900 + label :: 2].tolist()) <= set(mixture.groups_of_class_[label])
    assert (groups[:100] == groups[900:]).float().mean() > 0.6


def test_small_classes_borrow_covariance(walks):
    classes = np.repeat([0, 1, 2], [700, 138, 62])
    classes[-60:] = 0
    copula = WindowCopula(n_components=1)
    copula.fit(walks, classes, indicators(classes))
    # ten windows are enough for each of 14 components
    np.testing.assert_allclose(copula.mixtures_[0].borrowed_, [0, 1 - 138 / 140, 1 - 2 / 140])
    drawn = copula.draw(500, generator(), torch.full((500,), 800))[0].numpy()
    # two windows alone would span a line
    assert np.linalg.matrix_rank(drawn - drawn.mean(axis=0), tol=1e-2) == copula.n_principal_


def test_a_class_of_one_window(walks):
    classes = np.arange(900) == 17
    copula = WindowCopula()
    copula.fit(walks, classes.astype(int), indicators(classes.astype(int)))
    made = copula.sample(50, generator(), torch.full((50,), 17))
    assert np.isfinite(made).all() and np.ptp(made, axis=0).max() > 0


def test_a_lone_small_group_has_none_to_borrow_from(walks):
    copula = WindowCopula()
    copula.fit(walks[:20])
    assert copula.mixtures_[0].borrowed_.tolist() == [0]


def test_rank_is_bounded(walks):
    copula = WindowCopula(n_components=1, max_rank=2)
    copula.fit(walks)
    drawn = copula.draw(50, generator())[0].numpy()
    assert np.linalg.matrix_rank(drawn - drawn.mean(axis=0), tol=1e-3) == 2


def test_same_seed_same_draws(walks):
    copula = WindowCopula(n_components=2)
    copula.fit(walks)
    first, again, other = (copula.sample(10, generator(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_windows_that_are_all_the_same(walks):
    copula = WindowCopula()
    copula.fit(np.repeat(walks[:1].round(1), 20, axis=0))
    made = copula.sample(3, generator())
    np.testing.assert_array_equal(made, np.repeat(walks[:1].round(1), 3, axis=0))


def test_all_constant():
    copula = WindowCopula()
    assert copula.fit(np.full((5, 4, 2), 3.5)).shape == (5, 0)
    assert copula.n_principal_ == 0
    np.testing.assert_array_equal(copula.sample(2, generator()), np.full((2, 4, 2), 3.5))


def test_no_change_of_the_noise_gives_what_was_drawn(walks):
    copula = WindowCopula()
    copula.fit(walks)
    noise, rest = copula.draw_noise(30, None, generator())
    same = torch.stack([noise[:, 0], torch.zeros(30, copula.n_principal_)], dim=1)
    torch.testing.assert_close(copula.refine(same, rest), copula.components_.decode(noise[:, 0]))


def test_a_change_of_the_noise_moves_items_within_their_group(walks):
    walks[..., 1] = 2 * walks[..., 0] ** 2  # with one channel known, so is the other
    copula = WindowCopula(n_components=5)
    copula.fit(walks)
    (mixture,) = copula.mixtures_
    components, noise, groups = mixture.draw(400, generator())
    change = torch.randn(400, copula.n_principal_)
    moved = components + mixture.move(change, groups)
    expected = torch.stack(
        [
            mixture.means_[j] + (e + d) @ mixture.roots_[j]
            for j, e, d in zip(groups, noise, change, strict=True)
        ]
    )
    torch.testing.assert_close(moved, expected, atol=1e-4, rtol=0)


def test_held_levels_stay(walks):
    copula = WindowCopula()
    copula.fit(walks)
    copula.hold_levels()
    noise, rest = copula.draw_noise(50, None, generator())
    noise[:, 1] = torch.randn(50, copula.n_principal_)
    scores = copula.refine(noise, rest)
    drawn = copula.components_.decode(noise[:, 0])
    assert (scores - drawn).abs().max() > 0.1
    torch.testing.assert_close(scores.mean(dim=1), drawn.mean(dim=1), atol=1e-2, rtol=0)


def test_levels_are_free_where_little_else_varies():
    two_steps = np.random.default_rng(0).normal(size=(50, 2, 1))
    copula = WindowCopula()
    copula.fit(two_steps[:, :1])
    copula.hold_levels()
    torch.testing.assert_close(copula.mixtures_[0].moves_, copula.mixtures_[0].roots_)
