"""What combining holdings adds: pairs, shares, further joins, and fields to leave out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.review import project_of
from counterseal.cli.examining import draw_options, examined
from counterseal.cli.exits import Exit
from counterseal.cli.numbers import share, short
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

SHOWN = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "subject", metavar="ESTATE|CHANGE", help="folder of an estate, or the file of a change"
    )
    draw_options(parser, draws=64, lanes=16)
    parser.add_argument(
        "--use", metavar="USE", help="one use; default: what yields most, of each adversary"
    )
    parser.add_argument(
        "--levels", action="store_true", help="print person-years beside shares"
    )
    parser.add_argument("--full", action="store_true", help="every row, not the first")
    parser.add_argument(
        "--pictures", metavar="DIR", help="write pairs, and profiles of a change, as SVG"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Value sets of holdings on common draws and print what combining them adds."""
    from counterseal.workspace.examining.combining import combine_estate  # noqa: PLC0415 - heavy

    if Path(args.subject).is_file():
        document = _of_change(args, console)
    else:
        args.estate = args.subject
        ask = partial(combine_estate, use=args.use)
        document = examined(args, console, ask, doing="combining holdings")
    if args.pictures:
        _draw(document, Path(args.pictures), console)
    for line in _lines(document, levels=args.levels, most=None if args.full else SHOWN):
        console.out(line)
    return console.conclude(
        Exit.OK, "levels rest on elicited priors: compare combinations, not levels"
    )


def _draw(document: Mapping[str, Json], folder: Path, console: Console) -> None:
    from counterseal.report.pictures.combining import combining_pictures  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415 - not for --help

    for name, data in combining_pictures(document).items():
        write_bytes(folder / name, data)
        console.note(f"wrote {(folder / name).as_posix()}")


def _of_change(args: argparse.Namespace, console: Console) -> dict[str, Json]:
    from counterseal.reach.draws import Draws  # noqa: PLC0415 - heavy
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy
    from counterseal.workspace.examining.combining import combine_change  # noqa: PLC0415 - heavy

    change = Path(args.subject)
    project = project_of(None, change)
    know_project(console, project)
    draws = Draws(seed=args.seed or 0, outer=args.draws, lanes=args.lanes)
    with progress(console, "combining holdings") as advance:
        document = combine_change(
            project,
            change,
            Settings(seed=draws.seed),
            draws=draws,
            adversary=args.adversary,
            use=args.use,
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    return document


def _lines(document: Mapping[str, Json], *, levels: bool, most: int | None) -> Iterator[str]:
    rows = rows_of(document["combinations"])
    if not rows:
        yield "no adversary gets anything that it is after"
    for row in rows:
        years = row["horizon_years"]
        yield f"{row['adversary_name']}: {row['use_name']}, within {years} years"
        if levels:
            yield f"  {_band(row['whole'])} person-years expected"
        yield from _brought(row, levels=levels)
        yield from _shares(row, levels=levels, most=most)
        yield from _pairs(row, levels=levels, most=most)
        yield from _growth(row, most=most)
        yield from _fields(row, most=most)
        yield ""
    yield from _completions(document, most=most)
    yield from _profiles(document, most=most)


def _completions(document: Mapping[str, Json], *, most: int | None) -> Iterator[str]:
    found = document["completions"]
    if not isinstance(found, dict):
        return
    rows, known = rows_of(found["rows"]), int(_number(found["known"]))
    whose = "that the change completes" if document["change"] else "in the estate"
    yield f"{known} pairs {whose} give a use that neither has"
    for row in rows[:most]:
        join, people = row["join"], row["people"]
        right = join["correct"] if isinstance(join, dict) else None
        tie = (
            f"by {join['name']}, right for {_percent(right[1])}"
            if isinstance(join, dict) and isinstance(right, list)
            else "no key joins them"
        )
        many = f"up to {people:,.0f}" if isinstance(people, int | float) else "uncounted people"
        yield f"  {row['use_name']} {many} of {row['population']}: {_named_needs(row)}; {tie}"
    left = known - len(rows[:most])
    if left > 0:
        yield f"  … and {left} more (--full shows {len(rows)})"
    yield ""


def _named_needs(row: Mapping[str, Json]) -> str:
    parts = []
    for item in rows_of(row["items"]):
        needs = item["brings"]
        brings = " and ".join(str(need) for need in needs) if isinstance(needs, list) else ""
        parts.append(f"{item['name']} [{item['item']}] ({brings})")
    return " + ".join(parts)


def _profiles(document: Mapping[str, Json], *, most: int | None) -> Iterator[str]:
    rows = rows_of(document["profiles"])
    if not rows:
        return
    yield "Classes of data known together about one person, over people and trials"
    for row in rows[:most]:
        after, before = row["after"], row["before"]
        if not isinstance(after, dict):
            continue
        was = (
            f" (was {before['median']}, {before['p90']}, {before['mean']})"
            if isinstance(before, dict)
            else ""
        )
        yield (
            f"  {row['adversary_name']}, {row['population']}: median {after['median']}, one in "
            f"ten {after['p90']} or more, mean {after['mean']}{was}"
        )
    yield from _more(rows, most)


def _brought(row: Mapping[str, Json], *, levels: bool) -> Iterator[str]:
    before, pair = row["before"], row["brought"]
    if isinstance(before, dict) and isinstance(before["added"], dict):
        ends = (_percent(_ratio(before["added"][e], row)) for e in ("median", "low", "high"))
        added, low, high = ends
        level = f", {_band(before['added'])} person-years" if levels else ""
        yield f"  the change adds {added} of it ({low} to {high}){level}"
    if isinstance(pair, dict):
        yield f"  what it brings, beside what was there: {_names(pair['right'])}"
        yield f"    {_gained(pair, row, levels=levels)}"


def _bought(row: Mapping[str, Json]) -> Iterator[str]:
    """Say what is held in any case, and how much of the whole that alone is."""
    names = rows_of(row["bought"])
    if names:
        part = _percent(_ratio(row["bought_years"], row))
        yield f"  bought in any case, {part} of the whole: {_names(row['bought'])}"


def _shares(row: Mapping[str, Json], *, levels: bool, most: int | None) -> Iterator[str]:
    shares = rows_of(row["shares"])
    yield from _bought(row)
    yield "  what each holding contributes (Shapley), and what is left without it"
    for one in shares[:most]:
        error = f" ± {_percent(_ratio(one['error'], row))}" if _number(one["error"]) else ""
        level = f", {_short(one['years'])} person-years" if levels else ""
        mark = " (new)" if one["new"] else ""
        yield (
            f"    {_percent(one['share']):>6}{error}  {one['name']} [{one['item']}]{mark}"
            f"{level}; without it {_percent(one['without'])}"
        )
    yield from _more(shares, most)


def _pairs(row: Mapping[str, Json], *, levels: bool, most: int | None) -> Iterator[str]:
    found = rows_of(row["pairs"])
    if not found:
        yield "  no two holdings give more together than apart"
        return
    yield "  what two holdings give together that neither gives alone"
    for pair in found[:most]:
        yield f"    {_names(pair['left'])} + {_names(pair['right'])}"
        yield f"      {_gained(pair, row, levels=levels)}"
    yield from _more(found, most)


def _gained(pair: Mapping[str, Json], row: Mapping[str, Json], *, levels: bool) -> str:
    join, gain, synergy = pair["join"], pair["gain"], pair["synergy"]
    if not isinstance(gain, dict) or not isinstance(synergy, dict):
        return ""
    what = "completes a use that neither has; " if pair["completes"] else ""
    if not isinstance(join, dict):
        return f"{what}no key joins them: nothing is gained by combining"
    low, central, high = (_percent(_ratio(gain[end], row)) for end in ("low", "median", "high"))
    right = join["correct"]
    ends = [_percent(one) for one in right] if isinstance(right, list) else ["", "", ""]
    level = f" ({_band(gain)} person-years)" if levels else ""
    most, held = _percent(_ratio(synergy["high"], row)), pair["held"]
    both = "" if held is None else f"; both fall in {_percent(held)} of trials"
    return (
        f"{what}+{central} of the whole ({low} to {high}){level}, at most {most} with perfect "
        f"joins; by {join['name']}, right for {ends[1]} ({ends[0]} to {ends[2]}){both}"
    )


def _growth(row: Mapping[str, Json], *, most: int | None) -> Iterator[str]:
    found = rows_of(row["growth"])
    yield "  one further holding at a time, the greatest addition first"
    for one in found[:most]:
        total, added = _percent(_ratio(one["years"], row)), _percent(_ratio(one["added"], row))
        yield f"    {total:>6}  +{added}  {one['name']} [{one['item']}]"
    yield from _more(found, most)


def _fields(row: Mapping[str, Json], *, most: int | None) -> Iterator[str]:
    found = rows_of(row["fields"])
    if not found:
        yield "  leaving out any one field of one holding spares nothing"
        return
    yield "  a field left out of one holding, or made coarse, spares"
    for one in found[:most]:
        also = one["also_in"]
        others = f"; also in {len(also)} others" if isinstance(also, list) and also else ""
        yield (
            f"    {_percent(one['share']):>6}  {one['attribute_name']} of {one['name']} "
            f"[{one['item']}]{others}"
        )
    yield from _more(found, most)


def _more(rows: object, most: int | None) -> Iterator[str]:
    if most is not None and isinstance(rows, list) and len(rows) > most:
        yield f"    … and {len(rows) - most} more (--full shows all)"


def _names(value: Json) -> str:
    rows = rows_of(value)
    shown = [f"{row['name']} [{row['item']}]" for row in rows[:3]]
    rest = f" and {len(rows) - 3} more" if len(rows) > len(shown) else ""
    return ", ".join(shown) + rest


def _ratio(value: Json, row: Mapping[str, Json]) -> float:
    whole = row["whole"]
    total = _number(whole["median"]) if isinstance(whole, dict) else 0.0
    return _number(value) / total if total > 0.0 else 0.0


def _band(value: Json) -> str:
    if not isinstance(value, dict):
        return ""
    return f"{_short(value['median'])} ({_short(value['low'])} to {_short(value['high'])})"


def _percent(value: Json) -> str:
    return share(_number(value))


def _short(value: Json) -> str:
    return short(_number(value))


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
