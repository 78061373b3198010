"""Handwritten digits and the picture files of a user, for all wings that read pictures."""
