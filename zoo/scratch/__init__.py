"""Each idea of the course written by hand in NumPy, to be read; tests hold every one of them against Keras to 1e-5."""
