"""Uniqueness and gain where no data is at hand, from distributions of attributes alone."""
