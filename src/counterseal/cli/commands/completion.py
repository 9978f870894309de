"""Print a completion script, made from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.cli.exits import Exit
from counterseal.cli.table import COMMANDS, groups

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute", "script"]

_OPTIONS: Final = "--json --quiet --seed --workers -C --ascii --debug --help"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="which shell")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Print the script alone, so that it can be redirected into a file."""
    text = script(args.shell)
    console.document({"schema": "counterseal-completion/1", "script": text})
    if not console.is_json:
        console.write(text)
    return console.conclude(Exit.OK, "completion script printed")


def script(shell: str) -> str:
    """Return the completion script for ``bash``, ``zsh`` or ``fish``."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def _first_words() -> list[str]:
    return list(dict.fromkeys(command.name.split()[0] for command in COMMANDS))


def _second_words(first: str) -> list[str]:
    return [c.name.split()[1] for c in COMMANDS if c.name.startswith(f"{first} ")]


def _bash() -> str:
    cases = "\n".join(
        f'    2:{first}) words="{" ".join(_second_words(first))} {_OPTIONS}" ;;'
        for first in sorted(groups())
    )
    return f"""\
# counterseal completion for bash: source it, or put it into bash-completion's folder
_counterseal() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" words
  case "${{COMP_CWORD}}:${{COMP_WORDS[1]}}" in
    1:*) words="{" ".join(_first_words())} --help --version" ;;
    *) words="{_OPTIONS}" ;;
  esac
  case "${{COMP_CWORD}}:${{COMP_WORDS[1]}}" in
{cases}
    2:completion) words="bash zsh fish" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}}
complete -o filenames -F _counterseal counterseal
"""


def _zsh() -> str:
    rows = "\n".join(f"    '{first}:{_summary(first)}'" for first in _first_words())
    return f"""\
#compdef counterseal
# counterseal completion for zsh: put it as _counterseal into a folder of $fpath
_counterseal() {{
  local -a commands
  commands=(
{rows}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
{_groups()}
  elif (( CURRENT == 3 )) && [[ $words[2] == completion ]]; then
    _values shell bash zsh fish
  else
    _alternative 'options:option:({_OPTIONS})' 'files:file:_files'
  fi
}}
compdef _counterseal counterseal
"""


def _groups() -> str:
    """Return the branches of zsh for commands that have two words."""
    return "\n".join(
        f"  elif (( CURRENT == 3 )) && [[ $words[2] == {first} ]]; then\n"
        f"    _values command {' '.join(_second_words(first))}"
        for first in sorted(groups())
    )


def _fish() -> str:
    lines = ["# counterseal completion for fish: put it into ~/.config/fish/completions"]
    first = "__fish_use_subcommand"
    lines += [
        f"complete -c counterseal -n {first} -f -a {word} -d '{_summary(word)}'"
        for word in _first_words()
    ]
    for group in sorted(groups()):
        seen = f"'__fish_seen_subcommand_from {group}'"
        lines.append(
            f"complete -c counterseal -n {seen} -f -a '{' '.join(_second_words(group))}'"
        )
    seen = "'__fish_seen_subcommand_from completion'"
    lines.append(f"complete -c counterseal -n {seen} -f -a 'bash zsh fish'")
    lines += [
        f"complete -c counterseal -l {option.removeprefix('--')}"
        for option in _OPTIONS.split()
        if option.startswith("--")
    ]
    return "\n".join(lines) + "\n"


def _summary(first: str) -> str:
    found = [c.summary for c in COMMANDS if c.name.split()[0] == first]
    several = f"one of {', '.join(_second_words(first))}"
    return (several if first in groups() else found[0]).replace("'", "")
