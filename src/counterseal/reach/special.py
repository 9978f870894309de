"""Arithmetic that gives the same bits on every machine.

Samplers may use IEEE 754 addition, subtraction, multiplication, division and square root, which
are correctly rounded everywhere, and nothing else: no mathematical library of the system, no
vendor's vector library. So exp, log and the quantiles are written out here. Kernels compile
without fast math, and LLVM fuses a product and a sum only where it is told to, which it is not.

Numba's cache looks at the file of the kernel alone: after a change here, delete the
``__pycache__`` of this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "exp",
    "gamma_cdf",
    "gamma_quantile",
    "gamma_tail",
    "inlined",
    "log",
    "log_gamma",
    "map_gamma_quantile",
    "njit",
    "normal_cdf",
    "normal_quantile",
    "normal_quantiles",
    "power",
]

F = TypeVar("F", bound="Callable[..., object]")

_TWO_LOG_E = 1.4426950408889634  # log2(e)
_LN2_HIGH = (
    6.93147180369123816490e-01  # upper bits of ln 2: k * _LN2_HIGH is exact, |k| < 2**20
)
_LN2_LOW = 1.90821492927058770002e-10  # ln 2 - _LN2_HIGH
_ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer
_SQRT_HALF = 0.7071067811865476
_HALF_LOG_TWO_PI = 0.9189385332046727
_TINY = 1e-300
_CLOSE = 1e-15


def njit(function: F) -> F:
    """Compile ``function``: no fast math, cached on disk, without the interpreter's lock."""
    compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("F", compiled)


def inlined(function: F) -> F:
    """Compile ``function`` into whatever calls it.

    A call counts references to every array of its arguments, which in a loop over edges costs
    more than the work; bits do not depend on it.
    """
    compiled = numba.njit(nogil=True, error_model="numpy", inline="always")(function)
    return cast("F", compiled)


@njit
def exp(x: float) -> float:
    """Return e**x within 2 units in the last place; x is clamped to [-708, 709].

    Cody and Waite reduction to |r| <= ln(2)/2 and the Taylor polynomial of degree 13, whose
    remainder there is below 5e-18.
    """
    x = min(max(x, -708.0), 709.0)
    shifted = x * _TWO_LOG_E + _ROUNDER
    k = shifted - _ROUNDER
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    scale = np.float64(shifted).view(np.int64) << np.int64(52)
    return np.int64(np.float64(p).view(np.int64) + scale).view(np.float64)


@njit
def log(x: float) -> float:
    """Return the natural logarithm of a positive normal number, to 2 units in the last place.

    x = m * 2**k with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)), whose
    series to the 23rd power leaves less than 1e-18 there.
    """
    bits = np.float64(x).view(np.int64)
    k = ((bits >> np.int64(52)) & np.int64(0x7FF)) - np.int64(1022)
    half = (bits & np.int64(0x000FFFFFFFFFFFFF)) | np.int64(0x3FE0000000000000)
    m = np.int64(half).view(np.float64)
    if m < _SQRT_HALF:
        m = m + m
        k = k - np.int64(1)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 23.0
    p = p * z + 1.0 / 21.0
    p = p * z + 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    scale = np.float64(k)
    low = scale * _LN2_LOW + 2.0 * s * z * p
    return scale * _LN2_HIGH + (2.0 * s + low)


@njit
def power(base: float, exponent: float) -> float:
    """Return base**exponent as the engine has it: 1 for exponent 0, else 0 for base <= 0."""
    if exponent == 0.0:
        return 1.0
    if base <= _TINY:
        return 0.0
    if exponent == 1.0:
        return base
    return exp(exponent * log(base))


@njit
def normal_central(p: float) -> float:
    """Return the standard normal quantile for |p - 0.5| <= 0.425 (Wichura 1988, AS 241)."""
    q = p - 0.5
    r = 0.180625 - q * q
    n = 2.5090809287301226727e3
    n = n * r + 3.3430575583588128105e4
    n = n * r + 6.7265770927008700853e4
    n = n * r + 4.5921953931549871457e4
    n = n * r + 1.3731693765509461125e4
    n = n * r + 1.9715909503065514427e3
    n = n * r + 1.3314166789178437745e2
    n = n * r + 3.3871328727963666080e0
    d = 5.2264952788528545610e3
    d = d * r + 2.8729085735721942674e4
    d = d * r + 3.9307895800092710610e4
    d = d * r + 2.1213794301586595867e4
    d = d * r + 5.3941960214247511077e3
    d = d * r + 6.8718700749205790830e2
    d = d * r + 4.2313330701600911252e1
    d = d * r + 1.0
    return q * n / d


@njit
def _normal_shoulder(r: float) -> float:
    """Return AS 241 for r = sqrt(-log tail) up to 5."""
    r = r - 1.6
    n = 7.74545014278341407640e-4
    n = n * r + 2.27238449892691845833e-2
    n = n * r + 2.41780725177450611770e-1
    n = n * r + 1.27045825245236838258e0
    n = n * r + 3.64784832476320460504e0
    n = n * r + 5.76949722146069140550e0
    n = n * r + 4.63033784615654529590e0
    n = n * r + 1.42343711074968357734e0
    d = 1.05075007164441684324e-9
    d = d * r + 5.47593808499534494600e-4
    d = d * r + 1.51986665636164571966e-2
    d = d * r + 1.48103976427480074590e-1
    d = d * r + 6.89767334985100004550e-1
    d = d * r + 1.67638483018380384940e0
    d = d * r + 2.05319162663775882187e0
    d = d * r + 1.0
    return n / d


@njit
def _normal_far(r: float) -> float:
    """Return AS 241 for r = sqrt(-log tail) above 5."""
    r = r - 5.0
    n = 2.01033439929228813265e-7
    n = n * r + 2.71155556874348757815e-5
    n = n * r + 1.24266094738807843860e-3
    n = n * r + 2.65321895265761230930e-2
    n = n * r + 2.96560571828504891230e-1
    n = n * r + 1.78482653991729133580e0
    n = n * r + 5.46378491116411436990e0
    n = n * r + 6.65790464350110377720e0
    d = 2.04426310338993978564e-15
    d = d * r + 1.42151175831644588870e-7
    d = d * r + 1.84631831751005468180e-5
    d = d * r + 7.86869131145613259100e-4
    d = d * r + 1.48753612908506148525e-2
    d = d * r + 1.36929880922735805310e-1
    d = d * r + 5.99832206555887937690e-1
    d = d * r + 1.0
    return n / d


@njit
def normal_tail(p: float) -> float:
    """Return the standard normal quantile for |p - 0.5| > 0.425 (Wichura 1988, AS 241)."""
    tail = p if p < 0.5 else 1.0 - p  # noqa: PLR2004 - the median
    r = np.sqrt(-log(tail))
    z = _normal_shoulder(r) if r <= 5.0 else _normal_far(r)  # noqa: PLR2004 - AS 241, SPLIT2
    return -z if p < 0.5 else z  # noqa: PLR2004 - the median


@njit
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile of p, within 1e-15 relative; infinite at 0 and 1.

    References:
        Wichura (1988), Algorithm AS 241, PPND16, Appl. Statist. 37(3):477-484.
    """
    if p <= 0.0:
        return -np.inf
    if p >= 1.0:
        return np.inf
    if abs(p - 0.5) <= 0.425:  # noqa: PLR2004 - AS 241, SPLIT1
        return normal_central(p)
    return normal_tail(p)


@njit
def normal_quantiles(
    p: NDArray[np.float64], count: int, tail: NDArray[np.float64], where: NDArray[np.int64]
) -> None:
    """Turn the first ``count`` of ``p``, all in (0, 1), into normal quantiles, in place.

    The bits are those of ``normal_quantile``; what is far from the median is put together in
    ``tail`` and ``where``, scratch of at least ``count``, so that every loop is one of vectors.
    """
    far = 0
    for i in range(count):
        where[far] = i
        tail[far] = p[i]
        far += 1 if abs(p[i] - 0.5) > 0.425 else 0  # noqa: PLR2004 - AS 241, SPLIT1
    for i in range(count):
        p[i] = normal_central(p[i])
    most = 0.0
    for j in range(far):
        r = np.sqrt(-log(min(tail[j], 1.0 - tail[j])))
        most = max(most, r)
        tail[j] = r if tail[j] >= 0.5 else -r  # noqa: PLR2004 - the median
    for j in range(far):
        z = _normal_shoulder(abs(tail[j]))
        p[where[j]] = z if tail[j] >= 0.0 else -z
    if most > 5.0:  # noqa: PLR2004 - AS 241, SPLIT2
        for j in range(far):
            if abs(tail[j]) > 5.0:  # noqa: PLR2004 - AS 241, SPLIT2
                z = _normal_far(abs(tail[j]))
                p[where[j]] = z if tail[j] >= 0.0 else -z


@njit
def log_gamma(a: float) -> float:
    """Return log Gamma(a) for a > 0: Stirling's series after a shift to a >= 12."""
    shift = 1.0
    while a < 12.0:  # noqa: PLR2004 - the series is good to 1e-16 from here
        shift = shift * a
        a = a + 1.0
    z = 1.0 / (a * a)
    p = -691.0 / 360360.0
    p = p * z + 1.0 / 1188.0
    p = p * z - 1.0 / 1680.0
    p = p * z + 1.0 / 1260.0
    p = p * z - 1.0 / 360.0
    p = p * z + 1.0 / 12.0
    return (a - 0.5) * log(a) - a + _HALF_LOG_TWO_PI + p / a - log(shift)


@njit
def _gamma_series(a: float, x: float) -> float:
    """Return P(a, x) / (x**a e**-x / Gamma(a)) by its power series; best for x < a + 1."""
    term = 1.0 / a
    total = term
    n = a
    for _ in range(100_000):
        n = n + 1.0
        term = term * (x / n)
        total = total + term
        if term < total * (0.1 * _CLOSE):
            break
    return total


@njit
def _gamma_fraction(a: float, x: float) -> float:
    """Return Q(a, x) / (x**a e**-x / Gamma(a)) by Legendre's continued fraction; x >= a + 1."""
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    h = d
    for i in range(1, 100_000):
        k = -np.float64(i) * (np.float64(i) - a)
        b = b + 2.0
        d = k * d + b
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = b + k / c
        c = c if abs(c) > _TINY else _TINY
        step = c * d
        h = h * step
        if abs(step - 1.0) < _CLOSE:
            break
    return h


@njit
def _gamma_weight(a: float, x: float) -> float:
    """Return x**a e**-x / Gamma(a)."""
    return exp(a * log(x) - x - log_gamma(a))


@njit
def gamma_cdf(a: float, x: float) -> float:
    """Return P(a, x), the distribution function of the gamma distribution of shape a at x."""
    if x <= _TINY:
        return 0.0
    if x < a + 1.0:
        return _gamma_weight(a, x) * _gamma_series(a, x)
    return 1.0 - _gamma_weight(a, x) * _gamma_fraction(a, x)


@njit
def gamma_tail(a: float, x: float) -> float:
    """Return Q(a, x) = 1 - P(a, x), accurate where it is small."""
    if x <= _TINY:
        return 1.0
    if x < a + 1.0:
        return 1.0 - _gamma_weight(a, x) * _gamma_series(a, x)
    return _gamma_weight(a, x) * _gamma_fraction(a, x)


@njit
def normal_cdf(z: float) -> float:
    """Return the standard normal distribution function: Q(1/2, z**2/2) / 2 below the median."""
    tail = 0.5 * gamma_tail(0.5, 0.5 * z * z)
    return tail if z < 0.0 else 1.0 - tail


@njit
def _gamma_start(a: float, p: float, q: float) -> float:
    """Return the log of a first guess of the gamma quantile (Wilson and Hilferty 1931)."""
    z = normal_quantile(p) if p < q else -normal_quantile(q)
    root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * np.sqrt(a))
    if root > 0.2:  # noqa: PLR2004 - below, the first term of the power series is closer
        return log(a) + 3.0 * log(root)
    return (log(p) + log_gamma(a + 1.0)) / a


@njit
def gamma_quantile(a: float, p: float, q: float) -> float:
    """Return x with P(a, x) = p, given also q = 1 - p, so that neither tail loses digits.

    Newton's method in log x, held in a bracket; it grows with p, so common random numbers
    stay common when the shape moves.
    """
    y = max(_gamma_start(a, p, q), -690.0)
    low, high = -700.0, 700.0
    scale = log_gamma(a)
    for _ in range(200):
        x = exp(y)
        gap = gamma_cdf(a, x) - p if p < q else q - gamma_tail(a, x)
        if gap < 0.0:
            low = y
        else:
            high = y
        step = gap / max(exp(a * y - x - scale), _TINY)
        near = y - step
        if abs(step) < 4.0 * _CLOSE * max(1.0, abs(y)):
            return exp(near)
        y = near if low < near < high else 0.5 * (low + high)
    return exp(y)


@njit
def map_gamma_quantile(a: float, p: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Write the quantile of the gamma distribution of shape ``a`` at each ``p`` to ``out``."""
    for i in range(p.size):
        out[i] = gamma_quantile(a, p[i], 1.0 - p[i])
