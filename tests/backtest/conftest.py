"""A fictional case that has everything a case may have, and room to leave things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.case import parse

if TYPE_CHECKING:
    from counterseal.backtest.case import Case

PRE = """\
case_id: harbour_office
note: fictional
orgs:
- {id: office, kind: agency}
- {id: tug_co, kind: contractor, role: crews}
- {id: rope_co, kind: subcontractor}
systems:
- {id: crew_net, owner: tug_co, zone: contractor, kind: enterprise network}
- {id: desk, owner: office, zone: dmz, kind: web portal, internet_facing: true}
- {id: lan, owner: office, zone: internal, kind: local-area network}
- {id: register, owner: office, zone: internal, kind: register database}
holdings:
- id: h_register
  system: register
  categories: [name, passport, berth wishes]
  count: 90000
trust:
- {id: e1, from: tug_co, to: desk, kind: contractor credentials, auth: password only}
- {id: e2, from: desk, to: lan, kind: network (later found flat)}
- {id: e3, from: lan, to: register, kind: admin}
- {id: e4, from: desk, to: register, kind: application, auth: password; never changed}
- {id: e5, from: rope_co, to: desk, kind: physical maintenance access}
controls:
- {control: MFA on the portal, applies_to: desk, state: absent, known_when: before}
- {control: segmentation, applies_to: lan, state: weak, known_when: after}
- {control: harbour blessing, applies_to: office, state: present, known_when: before}
"""

TRUTH = """\
case_id: harbour_office
objective: register
path:
- {step: 1, date: '2031-01-02', from: attacker, to: crew_net, what: mail, edge: null}
- {step: 2, date: '2031-02-02', from: crew_net, to: desk, edge: e1}
- {step: 3, date: '2031-03-02', from: desk, to: register, edge: 'e2, e3'}
- {step: 4, date: '2031-03-03', from: register, to: attacker, edge: e99}
sources: [fiction]
"""


@pytest.fixture(scope="session")
def pre_text() -> str:
    return PRE


@pytest.fixture(scope="session")
def truth_text() -> str:
    return TRUTH


@pytest.fixture(scope="session")
def case() -> Case:
    (found,) = parse({"pre/a.yaml": PRE.encode()}, {"truth/a.yaml": TRUTH.encode()})
    return found
