"""One module per command: parse its options, call, print."""
