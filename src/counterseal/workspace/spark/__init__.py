"""Trials over a Spark cluster, with the bytes of one machine; nothing else knows Spark."""

from counterseal.workspace.spark.session import opened
from counterseal.workspace.spark.trials import check_workers, spread

__all__ = ["check_workers", "opened", "spread"]
