"""Cited tables: attributes, uses, adversaries, controls, attack rules; editable as data."""
