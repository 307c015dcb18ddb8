"""Lines of a run: a figure, its floor of the same run, their ratio, and the goal."""

import sys


def heading(text: str) -> None:
    write(f"\n{text}")


def fact(name: str, text: str) -> None:
    write(f"  {name:30} {text}")


def line(
    name: str,
    ours: float,
    floor: float,
    unit: str,
    *,
    floor_is: str,
    goal: float | None = None,
    most: float | None = None,
) -> None:
    """`goal`: the ratio is at least this; `most`: at most."""
    ratio = ours / floor if floor else 0.0
    aim = ""
    if goal is not None:
        aim = f"goal at least {goal:.2g} x: {verdict(ratio >= goal)}"
    elif most is not None:
        aim = f"goal at most {most:.2g} x: {verdict(ratio <= most)}"
    write(f"  {name:30} {number(ours)} {unit:9} {floor_is:>34} {number(floor)} {ratio:8.2f} x  {aim}")


def limit(name: str, ours: float, unit: str, most: float) -> None:
    """A figure whose goal is a number, not a ratio."""
    write(f"  {name:30} {number(ours)} {unit:9} goal at most {most:g} {unit}: {verdict(ours <= most)}")


def number(value: float) -> str:
    return f"{value:9,.0f}" if value >= 100 else f"{value:9.2f}"


def verdict(held: bool) -> str:
    return "held" if held else "MISSED"


def write(text: str) -> None:
    sys.stdout.write(text.rstrip() + "\n")
    sys.stdout.flush()
