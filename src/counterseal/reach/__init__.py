"""How far an adversary gets and how fast: simulation of attack graphs, with an oracle."""
