"""Decisions on disk: keys, drafts that wait for signatures, the ledger, bundles."""
