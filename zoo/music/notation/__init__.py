"""Scores, and the formats that they are read from and written to. Needs no TensorFlow."""
