"""YAML with source positions, limits and faults: the way every document comes in."""
