"""The typed model of an organization: load, locate errors, patch, diff."""
