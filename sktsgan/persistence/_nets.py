"""The nets of samplers that are trained: weights, averages, optimizers, and how far they have come."""

import inspect

import numpy as np
import torch

from sktsgan._random import local_torch_seed
from sktsgan.samplers import GANSampler
from sktsgan.samplers._gan import choose_device
from sktsgan.samplers._network_size import refuse_large_networks
from sktsgan.training._callbacks import DivergenceGuard

__all__ = ["plain_options", "read_net", "read_state", "set_history", "write_net", "write_state"]

_NETWORKS = ("module_", "discriminator_", "average_")
_PROGRESS = ("n_steps_", "n_iter_", "first_step_", "phase_lengths_", "decays_")
_COURSE = ("is_level", "first", "n_steps")
_ROOM = 2**24  # bytes that a network may take, however small its file


def write_net(writer, net, path):
    """Return the node of a net without its history, which its sampler has."""
    return {
        "options": {k: writer.write(v, f"{path}.{k}") for k, v in plain_options(net).items()},
        "state": write_state(writer, net, path),
    }


def plain_options(net):
    """Return those parameters of a net that are plain values."""
    names = inspect.signature(type(net).__init__).parameters
    return {name: value for name in names if _is_plain(value := getattr(net, name, net))}


def _is_plain(value):
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def write_state(writer, net, path):
    """Return the node of what training changes of a net."""
    progress = {name: getattr(net, name) for name in _PROGRESS if hasattr(net, name)}
    courses = {
        name: [getattr(course, part) for part in _COURSE]
        for name, course in getattr(net, "courses_", {}).items()
    }
    networks = {name: getattr(net, name).state_dict() for name in _NETWORKS}
    optimizers = {name: dict(one.state_dict()["state"]) for name, one in _optimizers(net).items()}
    parts = {"progress": progress, "courses": courses}
    parts |= {"networks": networks, "optimizers": optimizers}
    return {
        name: writer.write(_plain_dicts(part), f"{path}.{name}") for name, part in parts.items()
    }


def _plain_dicts(value):
    return {k: _plain_dicts(v) for k, v in value.items()} if isinstance(value, dict) else value


def _optimizers(net):
    return {k: v for k, v in vars(net).items() if isinstance(v, torch.optim.Optimizer)}


def read_net(reader, sampler, name, node, path):
    """Give a sampler, which has everything else, its net again."""
    if not isinstance(sampler, GANSampler):
        raise ValueError(f"{path} is of a {type(sampler).__name__}, which has no net")
    try:
        sampler.device_ = choose_device(sampler.device)
    except ValueError:  # a device that this machine doesn't have
        sampler.device_ = torch.device("cpu")
    for part in ("tokens_", "base_"):
        if getattr(sampler, part, None) is not None:
            getattr(sampler, part).to(sampler.device_)
    room = max(_ROOM, 2 * reader.n_bytes)
    with local_torch_seed(0), refuse_large_networks(sampler, room):
        net = sampler._make_net()
    options = {k: reader.read(v, f"{path}.{k}") for k, v in node["options"].items()}
    for key, value in options.items():
        if key not in plain_options(net) or not _is_plain(value):
            raise ValueError(f"{path} has no option {key!r:.80}")
        setattr(net, key, value)
    net.callbacks = [DivergenceGuard()]
    net.device, net.verbose = sampler.device_, 0
    net.initialize()
    read_state(reader, net, node["state"], path)
    setattr(sampler, name, net)
    set_history(net, sampler.history_)


def set_history(net, rows):
    """Give a net the history that ``rows`` returns."""
    net.history.clear()
    for row in rows:
        net.history.new_epoch()
        for key, value in row.items():
            net.history.record(key, value)


def read_state(reader, net, node, path):
    """Put a net where ``write_state`` found one of the same networks."""
    parts = {name: reader.read(part, f"{path}.{name}") for name, part in node.items()}
    for name in _NETWORKS:
        network, state = getattr(net, name), parts["networks"][name]
        _check_weights(network, state, f"{path}.{name}")
        network.load_state_dict(state)
    for name, optimizer in _optimizers(net).items():
        _read_optimizer(optimizer, parts["optimizers"][name], f"{path}.{name}")
    for name, course in getattr(net, "courses_", {}).items():
        for part, value in zip(_COURSE, parts["courses"][name], strict=True):
            setattr(course, part, value)
    for name, value in parts["progress"].items():
        if name not in _PROGRESS:
            raise ValueError(f"{path} has no {name!r:.80}")
        setattr(net, name, value)


def _check_weights(network, state, path):
    """Raise a ValueError if weights are not finite, or not those of a network."""
    expected = network.state_dict()
    if set(expected) != set(state):
        raise ValueError(f"{path} has other weights than {sorted(expected)[:3]} and so on")
    for name, weights in state.items():
        known = expected[name]
        if weights.shape != known.shape or weights.dtype != known.dtype:
            raise ValueError(
                f"{path}.{name} must have the shape {tuple(known.shape)} and {known.dtype}, got "
                f"{tuple(weights.shape)} and {weights.dtype}"
            )
        if name == "n_averaged" and weights < 0:
            raise ValueError(f"{path}.{name} must be at least 0")
        impossible = weights == -np.inf  # log-frequencies of symbols that can't occur
        if name.endswith("log_frequencies"):
            weights = weights[~impossible]
        if not torch.isfinite(weights).all():
            raise ValueError(f"{path}.{name} must be finite")


def _read_optimizer(optimizer, state, path):
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for key, moments in state.items():
        if not 0 <= key < len(parameters) or set(moments) != {"step", "exp_avg", "exp_avg_sq"}:
            raise ValueError(f"{path} is no state of Adam")
        for name, value in moments.items():
            shape = () if name == "step" else parameters[key].shape
            if value.shape != shape or not torch.isfinite(value).all():
                raise ValueError(f"{path}.{name} must be finite, and of the shape {tuple(shape)}")
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
