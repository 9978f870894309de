"""A comparison with errors, such as a face search or the matching of handles, as a linker.

One comparison of two different people matches by mistake with chance f, and one of the same
person fails with chance g. A search compares with every candidate that agrees otherwise: the
right one is returned with chance 1 - g, and each of the others in the gallery, of whom a share
p agrees otherwise, with chance f p. So a false match weakens a link exactly as a shared value
would, and the chance that one of the returned, taken at random, is right is
(1 - g) E[1 / (1 + K)], K binomial over n - 1 with chance f p.

The chance that a search returns somebody else at all is 1 - (1 - f p)^n, and grows with the
gallery: Daugman (2000), Biometric decision landscapes, Univ. of Cambridge TR-482, section 8;
ISO/IEC 19795-1 (false positive identification rate). Comparisons are taken as independent.
"""

from __future__ import annotations

from math import expm1, log1p
from typing import TYPE_CHECKING

import numpy as np

from counterseal.mosaic.schema.dependence.uniqueness import right_chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["false_identification_chance", "link_chance"]


def link_chance(
    share: NDArray[np.float64], *, false_match: float, false_non_match: float, gallery: float
) -> NDArray[np.float64]:
    """Return the chance that a search finds the right person and picks them.

    Args:
        share: Share of the population that agrees with each person on what is compared beside
            the linker; 1 where that is nothing.
        false_match: Chance that two different people match in one comparison.
        false_non_match: Chance that the same person does not.
        gallery: Records that are searched, the right one among them.
    """
    right = right_chance(np.asarray(share * false_match), gallery)
    return np.asarray((1.0 - false_non_match) * right)


def false_identification_chance(*, false_match: float, gallery: float) -> float:
    """Return the chance that a search for somebody who is not in the gallery returns anybody.

    Args:
        false_match: Chance that two different people match in one comparison.
        gallery: Records that are searched.
    """
    if false_match >= 1.0:
        return 1.0 if gallery > 0 else 0.0
    return -expm1(gallery * log1p(-false_match))
