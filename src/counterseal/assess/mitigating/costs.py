"""What measures cost, as declared in a small file; one unit each where nothing is declared.

```yaml
schema: counterseal-costs/1
unit: person-days
default: 5
kinds: {control: 10, delete: 3}
controls: {IA-2(1): 25}
elements: {pass-register: 2}          # a factor: everything on it costs twice as much
measures: {"close:quayline-maintenance": 60}
never: ["delete:passes"]              # cannot be done, whatever it would help
```

The cost of a measure is the most particular of ``measures``, ``controls``, ``kinds`` and
``default``; what stands under ``measures`` is final, the rest is multiplied by the factor of
its element.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from counterseal.assess.mitigating.measures import Kind
from counterseal.documents.record import Number, Record
from counterseal.documents.tree import parse as read
from counterseal.documents.validation import validate
from counterseal.documents.wording import did_you_mean
from counterseal.errors import Fault, InvalidDocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.documents.tree import Document

__all__ = ["Costs", "parse", "priced"]

UNKNOWN_MEASURE = "CS122"

_Cost = Annotated[Number, Field(gt=0, allow_inf_nan=False)]


class Costs(Record):
    """A cost file; see the module.

    Attributes:
        schema_: Name and version of the format.
        unit: What costs are counted in, for a reader.
        default: Cost of a measure of which nothing is said.
        kinds: Cost by kind of measure.
        controls: Cost by control of SP 800-53.
        elements: Factor by element.
        measures: Cost by measure id.
        never: Ids of measures that cannot be taken.
    """

    schema_: Literal["counterseal-costs/1"] = "counterseal-costs/1"
    unit: str = "units"
    default: _Cost = 1.0
    kinds: dict[Kind, _Cost] = Field(default={})
    controls: dict[str, _Cost] = Field(default={})
    elements: dict[str, _Cost] = Field(default={})
    measures: dict[str, _Cost] = Field(default={})
    never: tuple[str, ...] = ()

    def of(self, measure: Countermeasure) -> float:
        """Return what a measure costs."""
        if measure.id in self.measures:
            return self.measures[measure.id]
        cost = self.kinds.get(measure.kind, self.default)
        if measure.kind is Kind.CONTROL:
            control = measure.id.removeprefix(f"{Kind.CONTROL}:").partition("@")[0]
            cost = self.controls.get(control, cost)
        return cost * self.elements.get(measure.element, 1.0)


def parse(data: bytes, *, file: str, measures: Collection[str]) -> Costs:
    """Return the costs that a file declares.

    Args:
        data: The file.
        file: Its name, for faults.
        measures: Ids of the measures that there are.

    Raises:
        InvalidDocumentError: It is not such a file, or names a measure that there is not.
    """
    document = read(data, file=file)
    costs = validate(Costs, document.value, document=document)
    faults = [*_unknown(document, ("measures",), costs.measures, measures)]
    faults += _unknown(document, ("never",), costs.never, measures)
    if faults:
        raise InvalidDocumentError(f"{file}: {len(faults)} fault(s)", faults=tuple(faults))
    return costs


def priced(measures: Iterable[Countermeasure], costs: Costs) -> tuple[Countermeasure, ...]:
    """Return the measures that can be taken, each with its cost."""
    never = set(costs.never)
    return tuple(
        replace(measure, cost=costs.of(measure))
        for measure in measures
        if measure.id not in never
    )


def _unknown(
    document: Document,
    path: tuple[str, ...],
    named: Iterable[str],
    known: Collection[str],
) -> Iterable[Fault]:
    is_list = not isinstance(named, dict)
    for index, name in enumerate(named):
        if name not in known:
            yield Fault(
                code=UNKNOWN_MEASURE,
                message=f"there is no measure '{name}' for this estate",
                hint=did_you_mean(name, known),
                place=document.place((*path, index if is_list else name)),
            )
