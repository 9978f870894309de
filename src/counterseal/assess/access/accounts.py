"""Accounts behind grants, as the estate states them; nothing here is estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from counterseal.estate.estate import Estate
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Grant

__all__ = ["Account", "accounts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One grant; ``None`` is unknown everywhere.

    Attributes:
        grant: Its id.
        organization, role, system, privilege: Who may do what where.
        headcount: Accounts.
        dormant: Accounts that nobody uses.
        separated: Accounts of people who have left.
        mfa: Whether sign-on needs more than one factor.
        expires: The last day of the access; ``None`` also where it stands for good.
        review_days: Days between reviews.
        purpose: Authority that it serves; empty where access is bound to no purpose.
    """

    grant: str
    organization: str
    role: str
    system: str
    privilege: str
    headcount: int | None
    dormant: float | None
    separated: float | None
    mfa: bool | None
    expires: date | None
    review_days: int | None
    purpose: str

    @property
    def stale(self) -> float | None:
        """Accounts that should not be there, at least; ``None`` when neither is known."""
        known = [count for count in (self.dormant, self.separated) if count is not None]
        return max(known) if known else None


def accounts(estate: Estate) -> tuple[Account, ...]:
    """Return every grant with its accounts, by id."""
    return tuple(_account(grant) for _, grant in sorted(estate.grants.items()))


def _account(grant: Grant) -> Account:
    many = grant.headcount.value
    return Account(
        grant=grant.id,
        organization=grant.organization,
        role=grant.role,
        system=grant.system,
        privilege=grant.privilege.value,
        headcount=many,
        dormant=_part(many, grant.dormant_share),
        separated=_part(many, grant.separated_share),
        mfa=grant.mfa.value,
        expires=grant.expiry.value,
        review_days=grant.review_days.value,
        purpose=grant.purpose or "",
    )


def _part(many: int | None, share: Fact[float]) -> float | None:
    return None if many is None or share.value is None else many * share.value
