"""Tests with Java run where it is installed; ``test_trials.py`` says where it is not."""

from __future__ import annotations

from counterseal.workspace.spark.session import spark_is_here

collect_ignore = [] if spark_is_here() else ["test_workers.py"]
