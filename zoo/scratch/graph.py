"""Backpropagation on a graph of single numbers.

A node knows its value, the nodes that it was computed from, and its derivative by each of them with the others fixed. That is
enough for the chain rule: the derivative of the last node by any other is a sum over all paths between them, and each path adds
the product of the derivatives along it. Going backwards, each node passes its own derivative on to its inputs, so that every edge
is used only once (Linnainmaa 1970; for networks Rumelhart, Hinton and Williams 1986).
"""

import itertools
import math

_numbers = itertools.count()


class Node:
    """A number in a computation.

    Args:
        value: the number.
        name: what it is called, or the operation that gave it.
        inputs: the nodes that it was computed from; none for what is given.
        local: its derivative by each of the inputs.
    """

    def __init__(self, value: float, name: str, inputs: tuple["Node", ...] = (), local: tuple[float, ...] = ()) -> None:
        self.value, self.name, self.inputs, self.local = value, name, inputs, local
        self.gradient = 0.0
        self.number = next(_numbers)  # a node's inputs were made before it, so their numbers are smaller

    def __add__(self, other: "Node") -> "Node":
        return Node(self.value + other.value, "+", (self, other), (1.0, 1.0))

    def __sub__(self, other: "Node") -> "Node":
        return Node(self.value - other.value, "-", (self, other), (1.0, -1.0))

    def __mul__(self, other: "Node") -> "Node":
        return Node(self.value * other.value, "×", (self, other), (other.value, self.value))

    def tanh(self) -> "Node":
        """tanh of the number."""
        a = math.tanh(self.value)
        return Node(a, "tanh", (self,), (1 - a**2,))

    def square(self) -> "Node":
        """The number times itself."""
        return Node(self.value**2, "square", (self,), (2 * self.value,))


def nodes(output: Node) -> list[Node]:
    """All nodes that the output was computed from, and the output itself; each stands after its inputs."""
    found, waiting = {output.number: output}, [output]
    while waiting:
        for node in waiting.pop().inputs:
            if node.number not in found:
                found[node.number] = node
                waiting.append(node)
    return [found[number] for number in sorted(found)]


def backpropagate(output: Node) -> None:
    """Sets `gradient` of every node that the output was computed from: the derivative of the output by it."""
    order = nodes(output)
    for node in order:
        node.gradient = 0.0
    output.gradient = 1.0
    for node in reversed(order):  # whoever used a node has passed on its part before the node passes on the sum
        for source, derivative in zip(node.inputs, node.local, strict=True):
            source.gradient += node.gradient * derivative
