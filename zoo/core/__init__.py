"""What every wing uses and that knows no task: training, export, cards, files, data sources."""
