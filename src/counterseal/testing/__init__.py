"""Helpers for tests of Counterseal; nothing shipped imports them."""
