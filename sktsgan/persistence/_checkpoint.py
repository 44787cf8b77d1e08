"""Training that can be killed and goes on."""

import errno
import hashlib
import os
import shutil
from pathlib import Path

import torch
from skorch.callbacks import Callback

import sktsgan.persistence._values  # noqa: F401 (what can be written and read)
from sktsgan._validation import check_count
from sktsgan.persistence._archive import check_writable, read_archive, write_archive
from sktsgan.persistence._nets import plain_options, read_state, set_history, write_state
from sktsgan.persistence._tree import Reader, Writer
from sktsgan.training._callbacks import DivergenceGuard

__all__ = ["Checkpoint"]

_COPIES = 12  # of the weights: two of a file, each with averages and the moments of Adam


class Checkpoint(Callback):
    """Keep the state of a training run in a file, and go on from it.

    Give it to a GAN sampler in ``callbacks``. If training was killed, run the same program again: ``fit`` does what
    comes before training anew, and training goes on from the file. It ends with the same bits as one that was not
    killed.

    Parameters
    ----------
    path : str or PathLike
        The file; it is replaced as a whole, and stays when training is done. ``fit`` with the same data and parameters
        then returns at once what was trained.
    every : int, default=500
        Steps from one checkpoint to the next; they are written between epochs of 50 steps (10 of policy gradient).

    Notes
    -----
    It holds weights, optimizers, averages, the history, random states and the place in the data. The file is of the
    same kind as that of :func:`sktsgan.save`, and as safe to load. ``random_state`` must be an integer, and the version
    of torch and the machine the same. Callbacks of your own start anew.

    Examples
    --------
    >>> from sktsgan import Checkpoint, TransformerGANSampler
    >>> from sktsgan.datasets import make_sines
    >>> checkpoint = Checkpoint(getfixture("tmp_path") / "run.checkpoint", every=100)
    >>> sampler = TransformerGANSampler(
    ...     refine="always", max_iter=150, callbacks=[checkpoint], random_state=0
    ... )
    >>> sampler.fit(make_sines(200, random_state=0)).n_iter_
    150
    """

    def __init__(self, path, every=500):
        self.path = path
        self.every = every

    def initialize(self):
        """Begin a fit: refuse a path that can't be written, and read what is there.

        Returns
        -------
        self : Checkpoint
            Ready for a fit.

        Raises
        ------
        ValueError
            If the file there is no checkpoint, or ``every`` is below 1.
        OSError
            If the path can't be written.
        """
        check_count("every", self.every)
        check_writable(self.path)
        self.runs_, self.number_ = [], -1  # a fit may train more than once
        if Path(self.path).exists():
            description, arrays = read_archive(self.path)
            if "runs" not in description:
                raise ValueError(f"path must be that of a checkpoint, but {self.path} is none.")
            self.runs_ = [(run, _own(arrays, i)) for i, run in enumerate(description["runs"])]
        return self

    def __getstate__(self):
        """Leave out what is in the file."""
        return {name: value for name, value in vars(self).items() if not name.endswith("_")}

    def _begin_run(self, net, batches):
        """Go on from the file if it has this run.

        Raises
        ------
        ValueError
            If the file is of other data, or of other parameters.
        OSError
            If the disk has no room for the file.
        """
        self._refuse_full_disk(net)
        self.number_ += 1
        self.written_ = net.n_steps_
        self.identity_ = _identity(net, batches)
        if self.number_ >= len(self.runs_):
            return
        run, arrays = self.runs_[self.number_]
        if run["identity"] != self.identity_:
            raise ValueError(
                f"path must be that of a run on the same data with the same parameters and an integer as random_state, "
                f"but {self.path} is of another run: remove it, or take another path."
            )
        try:
            _restore(Reader(arrays), run["state"], net, batches)
        except Exception as error:
            raise ValueError(f"{self.path} is damaged, or no checkpoint: {error}") from error
        self.written_ = net.n_steps_
        net.stopped_ = run["done"]
        for _, callback in net.callbacks_:
            if hasattr(callback, "resume"):
                callback.resume(net)

    def _end_epoch(self, net, batches):
        """Write the file if it is time."""
        if net.n_steps_ - self.written_ >= self.every:
            self._write(net, batches, done=False)

    def _end_run(self, net, batches):
        """Write the file when a run is done."""
        if self.number_ >= len(self.runs_) or not self.runs_[self.number_][0]["done"]:
            self._write(net, batches, done=True)

    def _write(self, net, batches, done):
        writer = Writer()
        state = _describe(writer, net, batches, f"run{self.number_}")
        run = {"identity": self.identity_, "done": done, "state": state}
        own = {
            name: array.copy() for name, array in writer.arrays.items()
        }  # training goes on in them
        self.runs_[self.number_ :] = [(run, own)]
        arrays = {name: array for _, own in self.runs_ for name, array in own.items()}
        write_archive(self.path, {"runs": [run for run, _ in self.runs_]}, arrays)
        self.written_ = net.n_steps_

    def _refuse_full_disk(self, net):
        needed = 4 * _COPIES * net.n_parameters()
        if shutil.disk_usage(Path(self.path).parent).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))


def _own(arrays, number):
    return {name: array for name, array in arrays.items() if name.startswith(f"run{number}.")}


def _identity(net, batches):
    """Return a checksum of what a run starts from: items, weights, random state, parameters."""
    digest = hashlib.sha256()
    given = (batches.real, batches.conditions, batches.lengths, batches.generator.get_state())
    weights = (*net.module_.state_dict().values(), *net.discriminator_.state_dict().values())
    for tensor in (*given, *weights):
        if tensor is not None:
            digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    values = net.n_steps_, batches.batch_size, net.phase_lengths_, plain_options(net)
    digest.update(repr(values).encode())
    return digest.hexdigest()


def _watchers(net):
    """Return what callbacks keep of a run, and the callbacks, by their class."""
    named = {type(c).__name__: c for _, c in net.callbacks_ if hasattr(c, "kept")}
    return {name: {k: getattr(c, k) for k in c.kept} for name, c in named.items()}, named


def _describe(writer, net, batches, path):
    """Return the node of all that a run needs to go on."""
    device = torch.device(net.device)
    random = [torch.get_rng_state()]
    random += [torch.cuda.get_rng_state(device)] if device.type == "cuda" else []
    rest = {
        "order": batches._order.clone(),
        "generator": batches.generator.get_state(),
        "random": random,
        "history": net.rows(),
        "watchers": _watchers(net)[0],
    }
    state = write_state(writer, net, f"{path}.net")
    return {"net": state, "rest": writer.write(rest, f"{path}.rest")}


def _restore(reader, node, net, batches):
    path = next(iter(reader.arrays)).split(".")[0]
    read_state(reader, net, node["net"], f"{path}.net")
    rest = reader.read(node["rest"], f"{path}.rest")
    reader.finish()
    batches._order = rest["order"]
    batches.generator.set_state(rest["generator"])
    torch.set_rng_state(rest["random"][0])
    if len(rest["random"]) > 1:
        torch.cuda.set_rng_state(rest["random"][1], torch.device(net.device))
    set_history(net, rest["history"])
    _, named = _watchers(net)
    for name, kept in rest["watchers"].items():
        for key in named[name].kept:
            setattr(named[name], key, kept[key])
    for _, callback in net.callbacks_:
        if isinstance(callback, DivergenceGuard):
            callback.on_train_begin(net)  # the weights to go back to are these
