"""Words, subwords, n-grams and masked words, for all wings that read text."""
