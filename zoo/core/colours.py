"""Colours that mean the same in every picture: blue is above 0 or the class 1, red below 0 or the class 0, white between them.

They are those of ColorBrewer's "RdBu" (Harrower and Brewer 2003), which people with any colour vision can tell apart.
"""

SIGNED = "RdBu"  # matplotlib's colour map from the lowest number, red, to the highest, blue
POSITIVE, NEGATIVE = "#2166ac", "#b2182b"
