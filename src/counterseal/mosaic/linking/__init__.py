"""Linking tables about people: synthetic populations with known truth, and attacks on them."""
