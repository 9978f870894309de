"""Integrity: who could make records false, for how long, and what rests on them."""
