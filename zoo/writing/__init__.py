"""The wing of writing: a network that predicts what comes next in a text."""
