"""What can be said of reach without simulation: exact probabilities and minimal cut sets."""

from counterseal.reach.exact.cuts import CutSets, minimal_cut_sets
from counterseal.reach.exact.probability import exact_reach

__all__ = ["CutSets", "exact_reach", "minimal_cut_sets"]
