"""Numbers are written with at most two significant digits, and with their interval."""

# ruff: noqa: RUF001 - typographic signs are what readers see

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report import wording
from counterseal.report.sections import Estimate, HeadlineLine


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.004, "0.4 %"),
        (0.0123, "1 %"),
        (0.5, "50 %"),
        (0.9712, "97 %"),
        (0.9961, ">99 %"),
        (1.0, ">99 %"),
    ],
)
def test_a_share_is_a_percentage_of_two_digits(p: float, words: str) -> None:
    assert wording.percent(p).replace("\u00a0", " ") == words


@given(st.floats(0, 1))
def test_no_share_has_more_than_two_significant_digits(p: float) -> None:
    digits = re.sub(r"[^0-9]", "", wording.percent(p)).lstrip("0")
    assert len(digits) <= 2


@given(st.floats(-1e15, 1e15))
def test_no_quantity_has_more_than_two_significant_digits(value: float) -> None:
    mantissa = wording.number(value).partition("e")[0]
    assert len(re.sub(r"[^0-9]", "", mantissa).strip("0")) <= 2


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.01, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.5, "roughly even"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
    ],
)
def test_words_follow_the_bands_of_directive_203(p: float, word: str) -> None:
    assert wording.likelihood_word(p) == word


def test_an_estimate_carries_its_range() -> None:
    value = Estimate(median=12_345, low=8_123, high=19_456)
    assert wording.estimate(value) == "12,000 (8,100–19,000)"


def test_a_difference_carries_the_sign_of_every_end() -> None:
    value = Estimate(median=-260, low=-520, high=90)
    assert wording.estimate(value, difference=True) == "−260 (−520 to +90)"


def test_a_whole_count_is_not_rounded() -> None:
    assert wording.number(1_234, unit="links") == "1,234"


def test_a_limit_is_written_as_the_policy_wrote_it() -> None:
    assert wording.limit(123_456) == "123,456"


def test_the_headline_is_a_comparison_with_its_interval() -> None:
    line = HeadlineLine(adversary="x", use="locate", p_worse=0.97, interval=(0.93, 0.99))
    sentence = wording.headline_sentence(line).replace("\u00a0", " ")
    assert sentence == "worse in 97 % (93–99 %) of draws for x: locate"


def test_a_ratio_with_nothing_before_says_so() -> None:
    assert wording.ratio(None) == "nothing to compare with before"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (36_000, 41_000, "36,000 to 41,000 people"),
        (0, 41_000, "at most 41,000 people"),
        (None, 41_000, "at most 41,000 people"),
        (2_300, None, "at least 2,300 people"),
        (38_000, 38_000, "38,000 people"),
        (38_010, 38_020, "38,000 people"),
        (0, 0, "nobody"),
        (0, None, "a number of people that nobody knows"),
        (None, None, "a number of people that nobody knows"),
    ],
)
def test_a_range_of_people_says_the_ends_that_are_known(
    low: float | None, high: float | None, words: str
) -> None:
    assert wording.people(low, high) == words
