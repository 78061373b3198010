"""The wing of music: an LSTM that composes, and the notation, language and analysis of its music."""
