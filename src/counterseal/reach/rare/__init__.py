"""Reach that is rare: importance sampling with inputs bent by the cross-entropy method."""

from counterseal.reach.rare.estimate import rare_reach
from counterseal.reach.rare.pilot import Pilot
from counterseal.reach.rare.result import RareReach
from counterseal.reach.rare.tilts import Kind, Tilt, TiltSet

__all__ = ["Kind", "Pilot", "RareReach", "Tilt", "TiltSet", "rare_reach"]
