"""What the exported signatures take and give at most. A loaded model knows it without the network, which would import Keras."""

ALTERNATIVES = 10  # translations of each text that `alternatives` gives
MOST_SCORED = 512  # subwords of a text whose probability or attention is asked for, since attention needs memory for each pair
