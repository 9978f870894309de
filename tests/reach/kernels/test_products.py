"""Products of powers have the bits of the scalar power, factor after factor."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterseal.attackgraph.columns import Products
from counterseal.reach.kernels.products import evaluate_rows
from counterseal.reach.special import power

BASES = st.sampled_from([-1.0, 0.0, 1e-301, 1e-300, 2e-300, 0.5, 1.0, 3.7, 1e12])
EXPONENTS = st.sampled_from([-2.0, 0.0, 0.3, 1.0, 1.5])


@given(data=st.data(), sizes=st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_a_row_is_the_product_of_its_powers_to_the_bit(
    data: st.DataObject, sizes: list[int]
) -> None:
    draws, count = 5, sum(sizes)
    rows = st.lists(BASES, min_size=draws, max_size=draws)
    alike = st.one_of(
        st.lists(EXPONENTS, min_size=draws, max_size=draws),
        EXPONENTS.map(lambda one: [one] * draws),
    )
    values = np.array([[1.0] * draws, *(data.draw(rows) for _ in range(count))])
    values = np.concatenate([values, *([data.draw(alike)] for _ in range(count))])
    products = Products(
        row=np.cumsum([0, *sizes]).astype(np.int32),
        base=np.arange(1, count + 1, dtype=np.int32),
        exponent=np.arange(count + 1, 2 * count + 1, dtype=np.int32),
    )
    out = np.empty((len(sizes), draws))
    evaluate_rows(products, np.arange(len(sizes), dtype=np.int64), values, out)
    for k in range(len(sizes)):
        for draw in range(draws):
            total = 1.0
            for j in range(products.row[k], products.row[k + 1]):
                base, exponent = products.base[j], products.exponent[j]
                factor = power(values[base, draw], values[exponent, draw])
                total = total * factor if factor > 0.0 else 0.0
            assert out[k, draw] == total
