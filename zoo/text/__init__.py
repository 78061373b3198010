"""Words, n-grams and hidden words: what wings that read text share."""
