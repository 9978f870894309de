"""Estate, adversary and rules to an AND/OR attack graph: deterministic, with provenance."""
