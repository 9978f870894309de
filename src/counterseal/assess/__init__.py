"""One module per question of the charter, over engine results; no randomness, no output."""
