"""What the exported signatures take and give at most. A loaded model knows it without the network, which would import Keras."""

CONTEXT = 2048  # bytes of a prompt that are read: its end, twice what the network's recall holds
MOST_WORDS = 50
MOST_CHARACTERS = 100_000  # of a new text
