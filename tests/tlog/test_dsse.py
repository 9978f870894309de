"""Envelopes sign exact bytes and their type; keys count once; parsers raise only our errors."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.dsse import (
    Envelope,
    decode_json,
    pae,
    parse_envelope,
    sign_envelope,
    verify_envelope,
)
from counterseal.tlog.keys import SigningKey

KEYS = tuple(SigningKey(bytes([n]) * 32) for n in range(4))
PUBLIC = tuple(key.public for key in KEYS)
TYPE = "application/vnd.example+json"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["payload", "payloadType", "signatures", "sig", "keyid", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_pre_authentication_encoding_is_that_of_the_specification() -> None:
    # secure-systems-lab/dsse, protocol.md, "Test Vectors".
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.binary(max_size=40), st.sets(st.integers(0, 3), min_size=1))
def test_a_signed_envelope_survives_its_bytes_and_names_its_signers(
    payload: bytes, who: set[int]
) -> None:
    envelope = Envelope(payload=payload, payload_type=TYPE)
    for number in sorted(who):
        envelope = sign_envelope(envelope, KEYS[number])
    assert parse_envelope(envelope.encode()) == envelope
    found = verify_envelope(envelope, PUBLIC, threshold=len(who), payload_types=[TYPE])
    assert found == tuple(PUBLIC[number] for number in sorted(who))


@given(json_values)
def test_any_json_as_an_envelope_raises_our_error_only(value: object) -> None:
    try:
        parse_envelope(json.dumps(value).encode())
    except LogError:
        return


@given(st.binary(max_size=60))
def test_any_bytes_as_an_envelope_raise_our_error_only(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_envelope(data)


def test_one_key_never_counts_twice() -> None:
    envelope = sign_envelope(Envelope(payload=b"x", payload_type=TYPE), KEYS[0])
    twice = sign_envelope(envelope, KEYS[0])
    with pytest.raises(LogError, match="1 of 2"):
        verify_envelope(twice, (*PUBLIC, PUBLIC[0]), threshold=2, payload_types=[TYPE])


def test_a_threshold_of_nothing_is_not_met_by_nothing() -> None:
    with pytest.raises(LogError):
        verify_envelope(
            Envelope(payload=b"x", payload_type=TYPE), PUBLIC, threshold=0, payload_types=[TYPE]
        )


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":NaN}',
        "[" * 100_000,
        '"\\ud800"',
        "1" * 5000,
        "",
        "\ufeff{}",
    ],
)
def test_json_with_two_readings_is_refused(text: str) -> None:
    with pytest.raises(LogError):
        decode_json(text.encode())


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert decode_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"payload": "", "payloadType": "x"},
        {"payload": "", "payloadType": "x", "signatures": [{"sig": ""}] * 101},
        {"payload": "!", "payloadType": "x", "signatures": []},
        {"payload": 1, "payloadType": "x", "signatures": []},
        {"payload": "", "payloadType": "x", "signatures": [1]},
        {"payload": "", "payloadType": "x", "signatures": [{"sig": "", "keyid": 1}]},
    ],
)
def test_what_is_not_an_envelope_is_refused(value: object) -> None:
    with pytest.raises(LogError):
        parse_envelope(json.dumps(value).encode())


def test_an_envelope_beyond_the_limit_is_refused() -> None:
    with pytest.raises(LogError, match="at most"):
        parse_envelope(b" " * 16_000_001)
