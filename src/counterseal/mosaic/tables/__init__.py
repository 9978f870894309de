"""The data level: a table measured where its owner keeps it; only aggregates leave."""
