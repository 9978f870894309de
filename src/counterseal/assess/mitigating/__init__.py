"""Measures on an estate under a budget: what to do first, and how far that is from the best."""
