"""Reading a user's CSV file: what its cells say, of which kind its columns are, and what to ask where this is not certain."""
