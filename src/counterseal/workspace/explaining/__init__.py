"""Paths and choke points of an estate on its own: one adversary, one target, one run."""
