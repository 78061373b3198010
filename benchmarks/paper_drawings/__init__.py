"""Drawings on paper that the captioner is tested on, made by other means than its training pictures."""
