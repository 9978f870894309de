"""How long it took from first access to the objective, foretold and recorded."""
