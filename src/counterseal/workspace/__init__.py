"""The composition root: the only reader of clock, environment, disk and keys."""
