"""What a backtest found, and how far a mean over few cases can be trusted."""
