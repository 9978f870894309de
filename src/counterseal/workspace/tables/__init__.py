"""Tables opened where they are: CSV and Parquet by DuckDB, the same queries on Spark."""

from counterseal.workspace.tables.duck import DuckSource, Limits, opened
from counterseal.workspace.tables.files import Dialect

__all__ = ["Dialect", "DuckSource", "Limits", "opened"]
