"""Music as tokens: the grammar, and what a network is told beside each token."""
