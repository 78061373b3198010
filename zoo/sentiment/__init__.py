"""The wing of sentiment: a transformer that classifies texts."""
