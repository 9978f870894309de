"""Public classes are words of the glossary, or stand here with the reason why not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "counterseal"
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

PACKAGES = (
    *("documents", "catalog", "estate", "attackgraph", "reach", "consequence", "mosaic"),
    *("assess", "policy", "review", "tlog", "ledger", "backtest"),
)

REASONS = {
    "a closed vocabulary of one field, explained where it is declared": (
        "AttributeKind Authentication Baseline Basis CauseLevel ChangeKind CompulsionReach"
        " ControlState CurveFamily Effect EntryVector Family Group IntegrityAim Kind"
        " KnowledgeClass Layer LinkKind Operation OrganizationKind Origin ParameterFamily"
        " PopulationFlag Privilege ResetCost ServiceKind SystemKind TimeClass UseFamily Vector"
        " ZoneKind Algorithm Scheme WeightBasis"
    ),
    "a part of an element or row, named by the key that holds it": (
        "Clauses ControlEffect Counts Factor HoldingOrigin HistoryEntry Owner Parent"
        " PopulationCount Reset Subcontract SurvivalPoint When Field Case Emergency Violation"
        " Limit ClassWeight"
    ),
    "how any document is read, below what it says": "Record Branch Limits",
    "an index or a working form of the engine, between two things that have names": (
        "BareGraph Cells Columns Common Contents Contrasted Form Kept Measured Moved Needs"
        " Sampler Tiling Coverage Direction Draft"
        " Drawn Effort Efforts Explanation Flaw Flows Layout Links LocalTime Model"
        " Objectives Parameters People Plan Program Quantile Relations Safeguard"
        " Safeguards Settled Space State StaticTable Stream Target Path Part Products"
        " Evaluator CelEvaluator ReferenceEvaluator Cases CaseFailure Condition Variable"
        " Literal Unary Binary RuleError Tree CompactRange Verified Batch Head Parcel"
        " Receipt Store SqliteStore HoldingValue ValueOverTime Trials Joined Ranges Values"
    ),
    "one section of the review document, named by its key": (
        "Breadth Candidate ConditionSet Disclosure Evidence Findings Hop Inputs Judgement"
        " Option OptionResult Searched Settings Summary Trial WaiverRule"
    ),
    "who or what signs, as the standard has it": (
        "Binding LoggedClaim NoteSigner Person PublicKey SigningKey Standing VerifierKey"
    ),
    "a part of a documented case or of its scoring (docs/backtest.md)": (
        "Before CaseControl CaseEstate CaseHolding CaseOrganization CaseResult CaseSystem"
        " Candidates CaseTrust Controls Edge Embedded Scores Truth TruthStep Unmatched Usage"
    ),
    "an error, on its own page (docs/errors.md)": (
        "BundleError CompositionError ConditionError EvaluationError StageError"
    ),
}


def _public_classes() -> set[str]:
    """Names of classes in ``__all__`` of the modules directly in a package."""
    found: set[str] = set()
    for path in (path for name in PACKAGES for path in (SOURCE / name).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        found |= classes & _exported(tree)
    return found


def _exported(tree: ast.Module) -> set[str]:
    """The names that a module lists in ``__all__``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return set(ast.literal_eval(node.value))
    return set()


DEFINED = {
    name
    for path in SOURCE.rglob("*.py")
    for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}
EXCUSED = {name for names in REASONS.values() for name in names.split()}
NAMED = {
    name.rpartition(".")[2]
    for row in re.findall(r"^\| (.*?) \|", PAGE, flags=re.MULTILINE)
    for name in re.findall(r"`([A-Za-z.]+)`", row)
}


def test_every_public_class_is_a_word_of_the_glossary_or_has_a_reason_not_to_be() -> None:
    assert sorted(_public_classes() - NAMED - EXCUSED) == []


def test_no_class_has_both_a_word_and_a_reason() -> None:
    assert sorted(NAMED & EXCUSED & _public_classes() - {"Hop"}) == []


def test_reasons_are_given_for_classes_that_exist() -> None:
    assert sorted(EXCUSED - DEFINED) == []


def test_the_glossary_names_only_classes_that_exist() -> None:
    assert sorted(NAMED - DEFINED) == []


def test_words_stand_in_alphabetical_order() -> None:
    words = [
        re.sub(r"[^a-z ]", "", row.lower())
        for row in re.findall(r"^\| ([^|]*?) \|", PAGE, flags=re.MULTILINE)
        if row not in {"word", "---"}
    ]
    firsts = [word.split()[0] for word in words]
    assert len(firsts) > 60
    assert firsts == sorted(firsts)
