"""Estimators and their parts as JSON and arrays, and back."""

from sklearn.base import BaseEstimator

from sktsgan.persistence._nets import read_net, write_net
from sktsgan.persistence._registry import (
    KNOWN_CLASSES,
    attributes_of,
    check_names,
    class_of,
    name_of,
)
from sktsgan.persistence._shapes import check_arrays
from sktsgan.persistence._tree import reads, writes
from sktsgan.training import GANNet

__all__ = []


@writes(GANNet)
def _write_net(writer, value, path):
    return {"type": "net", **write_net(writer, value, path)}


@writes(*KNOWN_CLASSES)
def _write_object(writer, value, path):
    if name_of(type(value)) is None:
        raise ValueError(f"{path} can't be saved: {type(value).__name__} is no class of sktsgan.")
    parameters, attributes = attributes_of(value)
    if parameters.get("callbacks"):
        parameters["callbacks"] = None  # they are programs, and of the training that is over
    if parameters.get("memory") is not None:
        raise ValueError(f"{path} can't be saved with memory={parameters['memory']!r:.60}.")
    return {
        "type": "object",
        "class": name_of(type(value)),
        "parameters": {k: writer.write(v, f"{path}.{k}") for k, v in parameters.items()},
        "attributes": {k: writer.write(v, f"{path}.{k}") for k, v in attributes.items()},
    }


@reads("object")
def _read_object(reader, node, path):
    cls = class_of(node["class"])
    check_names(cls, node["parameters"], node["attributes"])
    parameters = {k: reader.read(v, f"{path}.{k}") for k, v in node["parameters"].items()}
    if parameters.get("callbacks") or parameters.get("memory") is not None:
        raise ValueError(f"{path} has callbacks or memory, which no file holds")
    made = object.__new__(cls)
    if issubclass(cls, BaseEstimator):
        made = cls(**parameters)
        made._validate_params()
    attributes, nets = node["attributes"], {}
    for name, part in attributes.items():
        if type(part) is dict and part["type"] == "net":
            nets[name] = part
        else:  # past the guard of dataclasses that are frozen
            object.__setattr__(made, name, reader.read(part, f"{path}.{name}"))
    for name, part in nets.items():  # which are made of everything else
        read_net(reader, made, name, part, f"{path}.{name}")
    check_arrays(made)
    return made
