"""Published results on singling people out, and which of them our methods have reproduced.

A gain in de-anonymization is shown only by a method that has reproduced what its field has
published, within a stated tolerance, in a test that computes it anew. Headlines whose data is
not public stay context: they hold for their population and say nothing about another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["BENCHMARKS", "Benchmark", "Gate", "Method", "gate"]


class Method(StrEnum):
    """A way to say how many people are singled out."""

    SCHEMA = "schema"
    TABLE = "table"
    TRACES = "traces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A published result.

    Attributes:
        id: Its id.
        claim: What was found.
        population: Whom it holds for.
        figure: The share published, in [0, 1].
        source: Where.
        method: Which of our methods it is a benchmark of.
        low, high: What ours gives on the same data; both absent where the data is not public,
            or where it has not been tried.
        tolerance: How far outside [low, high] the figure may lie.
        test: The test that computes ``low`` and ``high`` anew; empty without them.
        why_not: Why it is not reproduced; empty where it is.
    """

    id: str
    claim: str
    population: str
    figure: float
    source: str
    method: Method
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    test: str = ""
    why_not: str = ""

    @property
    def is_reproduced(self) -> bool:
        """Whether what ours gives holds the published figure, within the tolerance."""
        if self.low is None or self.high is None or not self.test:
            return False
        return self.low - self.tolerance <= self.figure <= self.high + self.tolerance

    @property
    def was_tried(self) -> bool:
        """Whether ours has been computed on the same data."""
        return self.low is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Whether a method may show a gain in de-anonymization, and why.

    Attributes:
        method: The method.
        reproduced: Benchmarks that it reproduced.
        failed: Benchmarks that it was tried on and did not reproduce.
        context: Benchmarks that nobody can try without data that is not public.
    """

    method: Method
    reproduced: tuple[Benchmark, ...]
    failed: tuple[Benchmark, ...]
    context: tuple[Benchmark, ...]

    @property
    def is_open(self) -> bool:
        """Whether a gain may be shown: something was reproduced, and nothing tried failed."""
        return bool(self.reproduced) and not self.failed

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        if self.failed:
            names = ", ".join(one.id for one in self.failed)
            return f"withheld: the method does not reproduce {names}"
        if not self.reproduced:
            return (
                f"withheld: the {self.method.value} method has reproduced no published result"
            )
        names = ", ".join(one.id for one in self.reproduced)
        return f"shown, because the method reproduces {names}"


_ADULT = "32,561 adults of a US census extract of 1994 (UCI Adult)"
_COMPLETE = "30,162 adults of the same extract without missing values (Adult, as ARX ships it)"
_TEST = "tests/conformance/test_mosaic_schema.py::test_the_gate_says_what_is_computed_here"
_TABLES = "tests/conformance/test_tables.py"
_TRAVELERS = "phone traces are not public"

BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    Benchmark(
        id="correctmatch-adult-6",
        claim="10.85 % are alone with age, sex, work class, relationship, marital status, race",
        population=_ADULT,
        figure=0.10853475016123583,
        source="CorrectMatch.jl (Rocher et al. 2019), its demonstration",
        method=Method.SCHEMA,
        low=0.0775,
        high=0.2172,
        test=_TEST,
    ),
    Benchmark(
        id="adult-11",
        claim="79.39 % are alone with all 11 attributes",
        population=_ADULT,
        figure=0.7939,
        source="counted in the table of CorrectMatch.jl",
        method=Method.SCHEMA,
        low=0.6667,
        high=0.9752,
        test=_TEST,
    ),
    Benchmark(
        id="arx-adult-9",
        claim="51.43 % are alone with all 9 attributes",
        population=_COMPLETE,
        figure=0.5142895033485844,
        source="ARX (arx-deidentifier), TestRiskMetrics",
        method=Method.SCHEMA,
        low=0.4370,
        high=0.7356,
        test=_TEST,
    ),
    Benchmark(
        id="correctmatch-adult-6-counted",
        claim="10.85 % are alone with age, sex, work class, relationship, marital status, race",
        population=_ADULT,
        figure=0.10853475016123583,
        source="CorrectMatch.jl (Rocher et al. 2019), its demonstration",
        method=Method.TABLE,
        low=0.10853475016123583,
        high=0.10853475016123583,
        test=f"{_TABLES}::test_correctmatch_adult_has_the_published_uniqueness",
    ),
    Benchmark(
        id="arx-adult-9-counted",
        claim="51.43 % are alone with all 9 attributes",
        population=_COMPLETE,
        figure=0.5142895033485844,
        source="ARX (arx-deidentifier), TestRiskMetrics",
        method=Method.TABLE,
        low=0.5142895033485844,
        high=0.5142895033485844,
        test=f"{_TABLES}::test_arx_adult_has_the_published_average_risk_and_unique_share",
    ),
    Benchmark(
        id="golle-2006",
        claim="63 % are alone with their ZIP code, sex and birth date",
        population="residents of the United States, census of 2000",
        figure=0.63,
        source="Golle (2006), WPES, doi:10.1145/1179601.1179615",
        method=Method.SCHEMA,
        why_not="it needs the population of every ZIP code by age and sex",
    ),
    Benchmark(
        id="sweeney-2000",
        claim="87 % are alone with their ZIP code, sex and birth date",
        population="residents of the United States, census of 1990",
        figure=0.87,
        source="Sweeney (2000), Carnegie Mellon University, Data Privacy Working Paper 3",
        method=Method.SCHEMA,
        why_not="it needs the population of every ZIP code by age and sex",
    ),
    Benchmark(
        id="rocher-2019",
        claim="99.98 % would be singled out by 15 attributes",
        population="residents of Massachusetts, a model fitted to a 5 % census sample",
        figure=0.9998,
        source="Rocher, Hendrickx and de Montjoye (2019), doi:10.1038/s41467-019-10933-3",
        method=Method.SCHEMA,
        why_not="it needs the census sample of the state",
    ),
    Benchmark(
        id="de-montjoye-2013",
        claim="four points single out 95 % of traces, by the hour and the antenna",
        population="1.5 million subscribers of one operator over fifteen months",
        figure=0.95,
        source="de Montjoye et al. (2013), doi:10.1038/srep01376",
        method=Method.TRACES,
        why_not=_TRAVELERS,
    ),
    Benchmark(
        id="farzanehfar-2021",
        claim="four points would single out 93 % (at least 22 %) of traces",
        population="60 million people, extrapolated from three months of one country's traces",
        figure=0.93,
        source="Farzanehfar, Houssiau and de Montjoye (2021), doi:10.1016/j.patter.2021.100204",
        method=Method.TRACES,
        why_not=_TRAVELERS,
    ),
)
"""Every benchmark, in the order in which it is shown."""


def gate(method: Method, benchmarks: tuple[Benchmark, ...] = BENCHMARKS) -> Gate:
    """Return whether ``method`` may show a gain in de-anonymization.

    Args:
        method: What computed the gain.
        benchmarks: Published results, with what ours gives.
    """
    mine = [one for one in benchmarks if one.method is method]
    tried = [one for one in mine if one.was_tried]
    return Gate(
        method=method,
        reproduced=tuple(one for one in tried if one.is_reproduced),
        failed=tuple(one for one in tried if not one.is_reproduced),
        context=tuple(one for one in mine if not one.was_tried),
    )
