"""Negative controls: estates in which a method that works has to fail, or to say less."""
