"""Parse, call, print: one module per command, no rules here."""
