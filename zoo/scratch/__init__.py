"""Each idea of the course, written by hand in NumPy to be read. Where Keras has the same, the tests compare to 1e-5."""
