"""The activations of hidden layers, by Keras' names, and the initial weights that suit each."""

RELU = "relu"
ACTIVATIONS = RELU, "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "linear"


def initializer(activation: str) -> str:
    """Keras' name of the initial weights that keep the scale of a signal (He et al. 2015; Glorot and Bengio 2010)."""
    return "glorot_uniform" if activation in ("tanh", "sigmoid", "linear") else "he_normal"
