"""python -m sktsgan sample: new items of a saved model."""

import numpy as np
import pandas as pd
import pytest

import sktsgan
from sktsgan.cli import main


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2024-01-01", periods=240, freq="D"),
            "level": np.sin(np.arange(240) / 40) + rng.normal(scale=0.1, size=240),
            "count": rng.poisson(20, size=240),
        }
    )
    frame.to_csv(folder / "my.csv", index=False)
    argv = f"{folder / 'my.csv'} --time-column date --window 8 --max-iter 2 --windows-only -n 5"
    assert main([*argv.split(), "-o", str(folder)]) == 0
    return folder / "model.sktsgan"


def sample(model, path, *more):
    assert main(["sample", str(model), "-o", str(path), *more]) == 0
    return pd.read_csv(path)


def test_windows_of_a_model_that_the_command_line_wrote(model, tmp_path, capsys):
    table = sample(model, tmp_path / "a.csv", "-n", "6", "--prompt", "March")
    assert list(table.columns) == ["window", "step", "window starts", "level", "count"]
    assert table["step"].tolist() == list(range(8)) * 6
    assert (pd.to_datetime(table["window starts"]).dt.month == 3).all()
    assert "6 items of TransformerGANSampler for 'March'" in capsys.readouterr().out
    again = sample(model, tmp_path / "b.csv", "-n", "6", "--prompt", "March")
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("CopulaSampler", 4), ("DCGANSampler", 17), ("SeqGANSampler", 2), ("SamplingPipeline", 4)],
)
def test_other_models(name, columns, tmp_path, pytestconfig):
    path = pytestconfig.rootpath / "tests" / "persistence" / "models" / f"{name}-1.sktsgan"
    assert sample(path, tmp_path / "a.csv", "-n", "3").shape[1] == columns


def test_what_can_not_be_sampled(model, tmp_path, capsys, pytestconfig):
    models = pytestconfig.rootpath / "tests" / "persistence" / "models"
    for argv, message in (
        ([str(tmp_path / "none")], "No such file or directory"),
        ([str(models / "GANImputer-1.sktsgan")], "is a GANImputer, which makes no new items"),
        ([str(model), "-n", "0"], "n_samples must be"),
        ([str(model), "--prompt", "Blursday"], "prompt"),
    ):
        assert main(["sample", *argv, "-o", str(tmp_path / "x.csv")]) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()


def test_it_is_the_model_that_was_saved(model):
    assert isinstance(sktsgan.load(model), sktsgan.TransformerGANSampler)
