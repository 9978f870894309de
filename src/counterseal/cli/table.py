"""The commands, as a table light enough to be read on every start.

A command is a module of :mod:`counterseal.cli.commands`, imported only when it is chosen, with
``configure(parser)`` and ``execute(args, console) -> int``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["COMMANDS", "Command", "find", "groups"]


class Command(NamedTuple):
    """One command: its words, what it does in one line, and the heading it stands under."""

    name: str
    summary: str
    heading: str

    @property
    def module(self) -> str:
        """Name of its module."""
        return f"counterseal.cli.commands.{self.name.replace(' ', '_')}"


COMMANDS: Final[tuple[Command, ...]] = (
    Command("demo", "review, sign, seal and verify a change of an example estate", "Start"),
    Command("init", "start an estate, with schema hints for editors", "Start"),
    Command("check", "say everything that is wrong with an estate and its changes", "Start"),
    Command("review", "compare before and after a change and give a verdict", "Review"),
    Command("sensitivity", "which starting parameters of the catalog move a verdict", "Review"),
    Command("explain", "say why, in plain language, with the rule and its source", "Review"),
    Command("report", "write the single-file report of a review", "Review"),
    Command("reach", "how far each adversary gets, and how soon", "Engine"),
    Command("blast", "what an adversary gets from one place alone", "Engine"),
    Command("access", "standing access, stale accounts, and what would change them", "Engine"),
    Command("paths", "distinct ways to a target, and what cuts each", "Engine"),
    Command("chokepoints", "what a target's reach hangs on, one removal at a time", "Engine"),
    Command("integrity", "which records could be made false, by whom, for how long", "Engine"),
    Command("consequence", "what each holding yields, for how many years", "Engine"),
    Command("mitigate", "what to do first under a budget, with the gap to the best", "Engine"),
    Command("graph compile", "write the attack graph of an estate and an adversary", "Engine"),
    Command("graph simulate", "simulate a bare attack graph", "Engine"),
    Command("backtest", "rank what was really used in documented cases", "Engine"),
    Command("mosaic combine", "what combining holdings adds, pair by pair", "Mosaic"),
    Command("mosaic forms", "the same data as silos, federated, central", "Mosaic"),
    Command("mosaic measure", "how well records can be told apart, in place", "Mosaic"),
    Command("mosaic schema", "what combining adds where no data is at hand", "Mosaic"),
    Command("mosaic leakage", "what lookups tell a provider about who is watched", "Mosaic"),
    Command("mosaic uniques", "records that few columns already single out", "Mosaic"),
    Command("mosaic traces", "how many traces a few known points single out", "Mosaic"),
    Command("mosaic join", "how far two tables can be joined, from sketches", "Mosaic"),
    Command("mosaic link", "attack two tables by linking them, and who is harmed", "Mosaic"),
    Command("keys", "make a signing key, or show the public halves of yours", "Decide"),
    Command("enact", "put a policy in force: who may sign what", "Decide"),
    Command("sign", "sign a proposal, a decision, a waiver or a dissent", "Decide"),
    Command("seal", "append what is signed to the ledger", "Decide"),
    Command("bundle", "write everything an inspector needs into one file", "Decide"),
    Command("verify", "check a bundle and replay its verdict", "Decide"),
    Command("completion", "print a completion script for a shell", "Other"),
)


def find(name: str) -> Command | None:
    """Return the command of exactly this name."""
    return next((command for command in COMMANDS if command.name == name), None)


def groups() -> frozenset[str]:
    """Return the first words of commands that have two."""
    return frozenset(c.name.split()[0] for c in COMMANDS if " " in c.name)
