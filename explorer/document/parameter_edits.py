"""The verbs that change parameters: one weight, one kernel, all of them."""

from __future__ import annotations

import numpy as np

from explorer.document.document import Change, EditError
from explorer.document.limits import LARGEST_WEIGHT
from explorer.document.wiring import node_of
from explorer.engine.initializers import Initializer
from explorer.engine.layer import Array
from explorer.engine.network import Network

KERNEL = "kernel"  # what an initializer draws


def set_parameter(name: str, parameter: str, array: Array) -> Change:
    """A whole parameter of a node, in the shape that it has."""

    def change(network: Network) -> Network:
        old = _parameter(network, name, parameter)
        values = _numbers(name, parameter, array)
        if values.shape != old.shape:
            raise EditError(f"{parameter} of {name} has shape {old.shape}, got {values.shape}.")
        return _with_parameter(network, name, parameter, values.astype(np.float32))

    return change


def set_weight(name: str, parameter: str, index: tuple[int | slice, ...], value: float | Array) -> Change:
    """One number, or one slice such as the kernel [3, 0], of a parameter."""

    def change(network: Network) -> Network:
        fresh = np.array(_parameter(network, name, parameter))
        values = _numbers(name, parameter, value)
        try:
            fresh[index] = values
        except IndexError:
            raise EditError(
                f"{parameter} of {name} has shape {fresh.shape}; there is nothing at {index}."
            ) from None
        except ValueError:
            raise EditError(
                f"{parameter} of {name} has shape {fresh[index].shape} at {index}, got {values.shape}."
            ) from None
        return _with_parameter(network, name, parameter, fresh)

    return change


def reset_parameters(name: str, seed: int = 0, initializer: Initializer | None = None) -> Change:
    """Fresh parameters; the same seed gives the same numbers.

    They are as the layer starts them, except that an initializer draws the kernel.
    """

    def change(network: Network) -> Network:
        node = node_of(network, name)
        if not node.parameters:
            raise EditError(f"{name} ({node.layer.title}) has no parameters.")
        report = network.reports[name]
        if report.shape is None:
            raise EditError(f"{name} cannot run, so its parameters have no shape yet. {report.problem}")
        rng = np.random.default_rng([seed, *name.encode()])
        needed = node.layer.parameter_shapes(report.input_shapes)
        if initializer is not None and KERNEL in needed:
            kernel = {KERNEL: initializer.draw(needed[KERNEL], rng)}
            others = node.layer.initial_parameters(report.input_shapes, rng) if len(needed) > 1 else {}
            fresh = others | kernel
        else:
            fresh = node.layer.initial_parameters(report.input_shapes, rng)
        if all(np.array_equal(array, node.parameters[key]) for key, array in fresh.items()):
            return network
        return network.replacing(node.changed(parameters=fresh))

    return change


def reset_all_parameters(seed: int = 0, initializer: Initializer | None = None) -> Change:
    """Fresh parameters for every layer that has any and can run."""

    def change(network: Network) -> Network:
        names = [node.name for node in network.nodes if node.parameters and network.reports[node.name].shape]
        if not names:
            raise EditError("No layer of the network has parameters. Add a convolution or a dense layer.")
        for name in names:
            network = reset_parameters(name, seed, initializer)(network)
        return network

    return change


def _parameter(network: Network, name: str, parameter: str) -> Array:
    node = node_of(network, name)
    if parameter not in node.parameters:
        known = ", ".join(node.parameters) or "none"
        raise EditError(f"{name} has no parameter {parameter!r}; it has {known}.")
    return node.parameters[parameter]


def _numbers(name: str, parameter: str, value: object) -> np.ndarray:
    """`value` in float64, in which 1e308 is still a number that one can name."""
    expected = (
        f"{parameter} of {name} must hold finite numbers between -{LARGEST_WEIGHT:g} and {LARGEST_WEIGHT:g}"
    )
    try:
        values = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise EditError(f"{expected}, got {value!r}. Nothing was changed.") from None
    wrong = values[~(np.abs(values) <= LARGEST_WEIGHT)]  # NaN compares as False
    if wrong.size:
        raise EditError(f"{expected}, got {wrong.flat[0]:g}. Nothing was changed.")
    return values


def _with_parameter(network: Network, name: str, parameter: str, fresh: Array) -> Network:
    node = network[name]
    if np.array_equal(fresh, node.parameters[parameter]):
        return network
    fresh.flags.writeable = False  # so that the node keeps it without another copy
    return network.replacing(node.changed(parameters={**node.parameters, parameter: fresh}))
