"""The entry point: choose a command, import it alone, run it, end with a code and a reason."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from counterseal import __version__
from counterseal.cli.console import Console, shown
from counterseal.cli.exits import Exit, exit_of
from counterseal.cli.parser import chosen, parse, parser_for, top_help
from counterseal.errors import CountersealError, InvalidDocumentError, UsageError
from counterseal.workspace.terminal import terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from counterseal.cli.table import Command

__all__ = ["main", "run"]


class _Module(Protocol):
    """What a module of ``counterseal.cli.commands`` offers."""

    def configure(self, parser: argparse.ArgumentParser, /) -> None: ...
    def execute(self, args: argparse.Namespace, console: Console, /) -> int: ...


def run() -> NoReturn:
    """Run the program with the words of the command line, and leave with its exit code.

    An interrupted program leaves at once: a kernel that still runs in a thread has nothing to
    write, and files are put in place whole or not at all.
    """
    code = main(sys.argv[1:])
    if code == Exit.INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code (``cli/exits.py``).

    Args:
        words: The command line after the program's name.
    """
    console = Console(terminal(), is_json="--json" in words, is_quiet="--quiet" in words)
    try:
        code = _concluded(words, console)
    except SystemExit as leaving:  # argparse leaves after --help
        return leaving.code if isinstance(leaving.code, int) else int(Exit.USAGE)
    except BrokenPipeError:  # the reader left early, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.INTERNAL)
    return code


def _concluded(words: Sequence[str], console: Console) -> int:
    """Run the command and print the last line, whatever happens."""
    try:
        code = _dispatch(words, console)
    except (SystemExit, BrokenPipeError):
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - this is where they end
        if "--debug" in words:
            sys.excepthook(type(error), error, error.__traceback__)
        code = _failed(error, console)
    console.last_line(code)
    return code


def _dispatch(words: Sequence[str], console: Console) -> int:
    if "--version" in words:
        sys.stdout.write(f"counterseal {__version__}\n")
        raise SystemExit(0)
    command, rest = chosen(words)
    if command is None:
        if {"-h", "--help"} & set(rest):
            sys.stdout.write(top_help())
            raise SystemExit(0)
        raise UsageError("no command given", hint="`counterseal --help` lists the commands")
    return _execute(command, rest, console)


def _execute(command: Command, words: Sequence[str], console: Console) -> int:
    module = cast("_Module", importlib.import_module(command.module))
    parser = parser_for(command)
    module.configure(parser)
    args = parse(parser, words)
    console.is_json, console.is_quiet = args.json, args.quiet
    if args.ascii:
        console.terminal = replace(console.terminal, ascii_only=True, colour=False)
    if args.directory is not None:
        try:
            os.chdir(args.directory)
        except OSError as error:
            raise UsageError(f"cannot work in {args.directory}: {error.strerror}") from error
    return module.execute(args, console)


def _failed(error: BaseException, console: Console) -> int:
    """Print what went wrong and return the exit code for it."""
    if isinstance(error, KeyboardInterrupt):
        return console.conclude(Exit.INTERRUPTED, "interrupted")
    if isinstance(error, InvalidDocumentError):
        code = exit_of(error)
        rows = console.fault_rows(error.faults)
        console.document({"schema": "counterseal-error/1", "exit": int(code), "errors": rows})
        console.faults(error.faults)
        return console.conclude(code, shown(error.message))
    if isinstance(error, CountersealError):
        return console.failure(exit_of(error), error.message, hint=error.hint, name=error.code)
    return console.failure(
        Exit.INTERNAL,
        f"internal error: {type(error).__name__}",
        hint="this is a fault of the program, not of your files; --debug shows where",
    )
