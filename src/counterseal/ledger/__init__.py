"""Decisions as signed entries of a transparency log, in a store that survives a power cut."""
