"""Schema documents: what may be written, and what it says once it is read."""
