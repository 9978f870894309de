"""Distributions of attributes, alone and together, and what cells of them give away."""
