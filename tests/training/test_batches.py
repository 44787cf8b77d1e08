import torch

from sktsgan.training import AdversarialBatches


def draw_noise(rows, generator):
    return torch.randn(len(rows), 3, generator=generator), None


def make_batches(n_items=12, rows=None, conditions=None, **options):
    real = torch.arange(n_items, dtype=torch.float32).reshape(n_items, 1, 1)
    options = {"batch_size": 4, "device": "cpu"} | options
    generator = torch.Generator().manual_seed(options.pop("seed", 0))
    noise = options.pop("draw_noise", draw_noise)
    rows = torch.arange(n_items) if rows is None else rows
    n_parts = options.pop("n_parts", 1)
    batches = AdversarialBatches(real, rows, conditions, noise, generator=generator, **options)
    batches.n_parts = n_parts
    return batches


def rows_of(parts):
    return torch.cat([part.real.ravel() for part in parts]).int().tolist()


def test_a_pass_over_the_items_meets_each_once():
    steps = list(make_batches().for_steps(6))
    assert len(steps) == 6
    for epoch in (steps[:3], steps[3:]):
        assert sorted(rows_of(parts[0] for parts in epoch)) == list(range(12))
    assert rows_of(p[0] for p in steps[:3]) != rows_of(p[0] for p in steps[3:])


def test_the_next_run_goes_on_where_the_last_one_stopped():
    batches = make_batches()
    rows = [rows_of(parts) for n in (1, 2) for parts in batches.for_steps(n)]
    assert sorted(sum(rows, [])) == list(range(12))


def test_parts_of_a_step_are_other_items():
    (parts,) = make_batches(n_parts=3).for_steps(1)
    assert len(parts) == 3
    assert sorted(rows_of(parts)) == list(range(12))


def test_batches_are_full():
    steps = list(make_batches(n_items=10).for_steps(7))
    assert {len(parts[0].real) for parts in steps} == {4}


def test_few_items_make_small_batches():
    (parts,) = make_batches(n_items=3, batch_size=256).for_steps(1)
    assert sorted(rows_of(parts)) == [0, 1, 2]
    assert parts[0].noise.shape == (3, 3)


def test_noise_is_drawn_for_the_rows_of_the_items():
    def draw(rows, generator):
        return rows[:, None] * torch.ones(len(rows), 2), torch.full((len(rows), 1), 7.0)

    rows, conditions = 100 + torch.arange(12), torch.randn(12, 3)
    batches = make_batches(rows=rows, conditions=conditions, draw_noise=draw)
    for (part,) in batches.for_steps(5):
        items = part.real.ravel().long()
        torch.testing.assert_close(part.conditions, conditions[items])
        torch.testing.assert_close(part.noise[:, 0], rows[items].float())
        torch.testing.assert_close(part.residual, torch.full((4, 1), 7.0))


def test_without_conditions_there_are_none():
    ((part,),) = make_batches().for_steps(1)
    assert part.conditions is None and part.residual is None


def test_same_generator_same_batches():
    first, again, other = (list(make_batches(seed=seed).for_steps(4)) for seed in (0, 0, 1))
    for (one,), (same,) in zip(first, again, strict=True):
        torch.testing.assert_close(one.real, same.real)
        torch.testing.assert_close(one.noise, same.noise)
    assert rows_of(p[0] for p in first) != rows_of(p[0] for p in other)
