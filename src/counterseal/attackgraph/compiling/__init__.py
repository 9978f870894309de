"""From an estate and rules to the steps of an attack graph, many at a time."""
