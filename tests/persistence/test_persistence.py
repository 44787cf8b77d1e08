"""Saved models are the models that were saved."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from safetensors import safe_open
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler

import sktsgan
from scripts.make_saved_models import make_models
from sktsgan.persistence import _archive
from sktsgan.persistence._archive import read_archive, write_archive

MODELS = sorted((Path(__file__).parent / "models").glob("*.sktsgan"))
UNTRAINED = "ignore::sktsgan.exceptions.ModeCollapseWarning"


@pytest.fixture(scope="module")
def models():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(make_models())


def items(model, n=7):
    if hasattr(model, "sample"):
        made = model.sample(n, random_state=3)
        return made.to_numpy() if hasattr(made, "to_numpy") else np.asarray(made)
    X = np.linspace(0, 1, 24).reshape(2, 6, 2)
    X[0, 3:5, 1] = np.nan
    return model.transform(X)


def save_and_load(model, folder):
    path = folder / "model.sktsgan"
    sktsgan.save(model, path)
    return sktsgan.load(path)


SCRIPT = """
import joblib, pickle, sys
import numpy as np, sktsgan
sys.path.insert(0, sys.argv[1])
from test_persistence import items
for name in sys.argv[3:]:
    model = {"s": sktsgan.load, "j": joblib.load, "p": lambda f: pickle.load(open(f, "rb"))}[name[-1]](
        f"{sys.argv[2]}/{name}"
    )
    np.save(f"{sys.argv[2]}/{name}.npy", items(model), allow_pickle=False)
"""


@pytest.mark.filterwarnings(UNTRAINED)
def test_all_round_trips_sample_the_same_bits_in_another_process(models, tmp_path):
    names = []
    for name, model in models.items():
        sktsgan.save(model, tmp_path / f"{name}.s")
        joblib.dump(model, tmp_path / f"{name}.j")
        (tmp_path / f"{name}.p").write_bytes(pickle.dumps(model))
        names += [f"{name}.s", f"{name}.j", f"{name}.p"]
    here, root = Path(__file__).parent, Path(__file__).parents[2]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(here)])}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(here), str(tmp_path), *names],
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for name in names:
        expected = items(models[name[:-2]])
        assert_array_equal(np.load(tmp_path / f"{name}.npy"), expected, name)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_kept_files_stay_loadable(path):
    model = sktsgan.load(path)
    assert type(model).__name__ == path.stem.split("-")[0]
    assert len(items(model)) in (7, 7 * 6, 2)


def test_a_file_of_every_sampler_is_kept():
    kept = {path.stem.split("-")[0] for path in MODELS}
    samplers = {name for name in sktsgan.__all__ if name.endswith("Sampler")} - {"GANOverSampler"}
    assert kept == samplers | {"SamplingPipeline", "GANImputer"}


def test_loaded_models_take_prompts_and_go_on(models, tmp_path):
    X, y = (
        sktsgan.datasets.make_sines(40, random_state=0)[:, :6, :2],
        np.repeat(["calm", "rough"], 20),
    )
    for name in ("NeighborSampler", "TransformerGANSampler", "TimeGANSampler"):
        model, loaded = models[name], save_and_load(models[name], tmp_path)
        for prompt in ("calm", "January", {"y": "rough", "month": 2}):
            made, again = (
                m.sample(5, prompt=prompt, random_state=0, return_prompt=True)
                for m in (model, loaded)
            )
            assert_array_equal(made[0], again[0])
            pd.testing.assert_frame_equal(made[1], again[1])
        if hasattr(model, "partial_fit"):
            model = pickle.loads(pickle.dumps(model))
            further = {"timestamps": pd.date_range("2024-01-01", periods=40, freq="D")}
            model.partial_fit(X, y, **further), loaded.partial_fit(X, y, **further)
            assert_array_equal(items(model), items(loaded))


def test_the_file_is_one_safetensors_file_that_says_what_it_is(models, tmp_path):
    sktsgan.save(models["CopulaSampler"], tmp_path / "m")
    with safe_open(tmp_path / "m", framework="np") as file:
        metadata = file.metadata()
        assert "CopulaSampler.copula_.means_" in file.keys()  # noqa: SIM118
    assert metadata["format"] == "1"
    description = json.loads(metadata["model"])
    assert description["estimator"]["class"] == "CopulaSampler"
    assert description["versions"]["sktsgan"] == sktsgan.__version__


def test_a_newer_format_says_so(models, tmp_path, monkeypatch):
    monkeypatch.setattr(_archive, "FORMAT_VERSION", 2)
    sktsgan.save(models["CopulaSampler"], tmp_path / "m")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="has the format 2, which a newer sktsgan wrote"):
        sktsgan.load(tmp_path / "m")


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_crash_while_saving_leaves_the_old_file(models, tmp_path, monkeypatch, error):
    path = tmp_path / "m"
    sktsgan.save(models["CopulaSampler"], path)
    before = path.read_bytes()

    def crash(arrays, file, metadata):
        Path(file).write_bytes(b"half")
        raise error

    monkeypatch.setattr(_archive, "save_file", crash)
    with pytest.raises(error):
        sktsgan.save(models["NeighborSampler"], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_unfitted_ones_can_be_saved(tmp_path):
    base = sktsgan.NeighborSampler(n_neighbors=3)
    rng = np.random.RandomState(4)
    sampler = sktsgan.TransformerGANSampler(base=base, random_state=rng, max_iter=7)
    loaded = save_and_load(sampler, tmp_path)
    assert loaded.base.n_neighbors == 3 and loaded.max_iter == 7
    assert loaded.random_state.randint(99) == rng.randint(99)


@pytest.mark.parametrize("step", [StandardScaler(), QuantileTransformer(n_quantiles=9)])
def test_pipelines_of_panels(step, tmp_path):
    one = pd.DataFrame({"a": np.arange(40.0) % 7, "b": np.arange(40.0) ** 2})
    one.index = pd.date_range("2024-01-01", periods=40, freq="h", tz="Europe/Paris", name="time")
    panel = pd.concat({name: one for name in "xyz"}, names=["station", "time"])
    pipeline = sktsgan.make_sampling_pipeline(
        sktsgan.Windowizer(5), sktsgan.NeighborSampler(random_state=0)
    )
    for fitted in (
        pipeline.fit(panel),
        sktsgan.make_sampling_pipeline(step, pipeline[0], pipeline[1]).fit(one),
    ):
        made, again = (
            m.sample(4, random_state=0) for m in (fitted, save_and_load(fitted, tmp_path))
        )
        pd.testing.assert_frame_equal(made, again)


def test_tables_with_all_kinds_of_conditions(tmp_path):
    n = 60
    conditions = pd.DataFrame(
        {
            "kind": pd.Categorical(np.tile(["u", "v", "w"], 20), categories=["w", "v", "u"]),
            "flag": np.arange(n) % 2 == 0,
            "level": pd.array(np.arange(n) % 9, dtype="Int64"),
            "size": np.arange(n, dtype=np.float32),
        }
    )
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(n, 6)), columns=list("abcdef"))
    X["f"] = np.arange(n) % 3
    X.index = pd.date_range("2024-01-01", periods=n, freq="D", tz="UTC", name="day")
    sampler = sktsgan.CopulaSampler(n_channels=2, random_state=0).fit(X, conditions=conditions)
    for prompt in (None, {"kind": "u", "flag": True}, "February"):
        made, again = (
            m.sample(5, prompt=prompt, random_state=0, return_prompt=True)
            for m in (sampler, save_and_load(sampler, tmp_path))
        )
        for a, b in zip(made, again, strict=True):
            pd.testing.assert_frame_equal(a, b)


def test_what_no_file_can_hold_is_named(tmp_path):
    path = tmp_path / "m"
    with pytest.raises(ValueError, match="estimator must be a sampler, .* got a StandardScaler"):
        sktsgan.save(StandardScaler(), path)
    function = FunctionTransformer(np.log, np.exp)
    pipeline = sktsgan.make_sampling_pipeline(function, sktsgan.CopulaSampler())
    with pytest.raises(ValueError, match=r"steps.0.1.func can't be saved: it is <ufunc 'log'>"):
        sktsgan.save(pipeline, path)

    class Own(sktsgan.CopulaSampler):
        pass

    with pytest.raises(ValueError, match="Own is no class of sktsgan"):
        sktsgan.save(Own(), path)
    sampler = sktsgan.CopulaSampler()
    sampler.note = 1
    with pytest.raises(ValueError, match="CopulaSampler can't be saved with the attribute 'note'"):
        sktsgan.save(sampler, path)
    assert not path.exists()


def test_weights_of_another_shape_are_named(models, tmp_path):
    path = tmp_path / "m"
    sktsgan.save(models["DCGANSampler"], path)
    description, arrays = read_archive(path)
    name = next(name for name in arrays if name.endswith("module_.linear.weight"))
    write_archive(path, description, arrays | {name: arrays[name][:, :-1]})
    with pytest.raises(ValueError, match=r"module_.linear.weight must have the shape \(\d+, \d+\)"):
        sktsgan.load(path)


@pytest.mark.parametrize("length", [2**31, 0, -1, 7])
def test_lengths_that_no_array_bears_out_are_refused(models, tmp_path, length):
    path = tmp_path / "m"
    sktsgan.save(models["SamplingPipeline"], path)
    description, arrays = read_archive(path)
    description["estimator"]["attributes"]["_form"]["attributes"]["n_timesteps"] = length
    write_archive(path, description, arrays)
    with pytest.raises(ValueError, match="lengths of windows don't go together"):
        sktsgan.load(path)


def test_no_file_and_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        sktsgan.load(tmp_path / "none")
    with pytest.raises(OSError):
        sktsgan.save(sktsgan.CopulaSampler(), tmp_path / "none" / "m")
    (tmp_path / "empty").touch()
    with pytest.raises(ValueError, match="is damaged, or no model of sktsgan"):
        sktsgan.load(tmp_path / "empty")
