"""Compiled loops of the engine, apart from those that others use too."""
