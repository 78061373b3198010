"""The wing of handwritten digits: a deep MLP that reads images, and the reading of pictures."""
