"""Music without a network: the score, MIDI files, tokens and their grammar, pictures."""
