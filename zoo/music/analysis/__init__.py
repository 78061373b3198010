"""What can be measured in a score: melody, voice leading, statistics, copying."""
