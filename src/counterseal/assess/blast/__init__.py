"""Blast radius: what an adversary gets from one place alone (``measures.md`` D.1)."""
