"""Music as tokens: their grammar, and the features that a network gets with each token."""
