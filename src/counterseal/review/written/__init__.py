"""Findings as rows of the review document."""
