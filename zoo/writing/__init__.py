"""The wing of writing: an LSTM that predicts what comes next in a text, byte by byte."""
