"""A bundle is the same bytes whenever it is made, and has only what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.errors import LedgerError
from counterseal.ledger import bundle
from counterseal.ledger.claims import draft
from counterseal.ledger.container import unpack
from counterseal.testing.sealing import INPUTS, REPORT, RESULT, House

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.tlog.dsse import Envelope


def test_the_same_log_and_files_give_the_same_bytes(sealed: tuple[House, bytes]) -> None:
    again = House()
    again.enact()
    receipt = again.seal()
    again.dissent(receipt.digest)
    assert again.bundle(receipt.index) == sealed[1]
    again.connection.close()


def test_a_bundle_has_every_entry_about_the_change_and_no_other(house: House) -> None:
    house.append(house.sign(bundle_draft(house, "unrelated"), "P"))
    receipt = house.seal()
    house.dissent(receipt.digest)
    members = unpack(house.bundle(receipt.index))
    found = {name.split("/")[1] for name in members if name.startswith("entries/")}
    assert found == {"00000000", "00000002", "00000003", "00000004"}


def bundle_draft(house: House, change: str) -> Envelope:
    return draft(house.proposal(change))


@pytest.mark.parametrize(
    "changed",
    [
        {"result": RESULT + b" "},
        {"report": REPORT + b" "},
        {"inputs": {**INPUTS, "changes/hub.yaml": b""}},
        {"inputs": {**INPUTS, "more.yaml": b""}},
        {"inputs": {"changes/hub.yaml": INPUTS["changes/hub.yaml"]}},
    ],
)
def test_files_other_than_those_signed_are_not_bundled(
    sealed: tuple[House, bytes], changed: Mapping[str, bytes]
) -> None:
    files: dict[str, object] = {"inputs": INPUTS, "result": RESULT, "report": REPORT}
    with pytest.raises(LedgerError, match="is not the file that was signed"):
        bundle.build(sealed[0].ledger.store, decision=2, **{**files, **changed})  # type: ignore[arg-type] # one of three


def test_only_a_decision_is_bundled(sealed: tuple[House, bytes]) -> None:
    for index in (0, 1, 3):
        with pytest.raises(LedgerError):
            sealed[0].bundle(index)


def test_a_decision_whose_payload_was_erased_is_not_bundled(house: House) -> None:
    receipt = house.seal()
    house.connection.execute("UPDATE payloads SET envelope = NULL WHERE idx = 2")
    with pytest.raises(LedgerError, match="erased"):
        house.bundle(receipt.index)


def test_an_erased_entry_is_left_out_and_an_erased_nonce_refused(house: House) -> None:
    receipt = house.seal()
    house.dissent(receipt.digest)
    house.connection.execute("UPDATE payloads SET envelope = NULL WHERE idx = 3")
    assert "entries/00000003/nonce" not in unpack(house.bundle(receipt.index))
    house.connection.execute("UPDATE payloads SET nonce = NULL WHERE idx = 1")
    with pytest.raises(LedgerError, match="erased"):
        house.bundle(receipt.index)
