"""The results as a table, as JSON and as a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any


@dataclass(frozen=True)
class Row:
    """One comparison with one peer.

    Args:
        work: what was done.
        unit: of `ours` and `peer_value`: something a second, where more is better, or "s", where less is better.
        cores: how many both used.
        ours: the median of our repetitions, or None after a failure.
        peer: the name of the other.
        peer_value: the peer's median, a goal, or None.
        ratio: how many times as fast ours is: above 1 is better. None where either value is missing.
        ratio_low, ratio_high: the least and the greatest ratio of two consecutive repetitions.
        ours_runs, peer_runs: the values of all repetitions.
        note: why a value is missing.
    """

    work: str
    unit: str
    cores: int
    ours: float | None
    peer: str
    peer_value: float | None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    ours_runs: tuple[float, ...] = ()
    peer_runs: tuple[float, ...] = ()
    note: str = ""


def number(value: float | None) -> str:
    """A number with three significant digits, or all before the point: 0.0123, 4.56, 1,235."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def table(rows: Sequence[Row]) -> str:
    """A line for each row; columns are as wide as their contents."""
    lines = [("work", "cores", "ours", "peer", "peer's", "unit", "ratio (min..max)")]
    for row in rows:
        spread = f"{number(row.ratio)} ({number(row.ratio_low)}..{number(row.ratio_high)})" if row.ratio else row.note
        lines.append((row.work, str(row.cores), number(row.ours), row.peer, number(row.peer_value), row.unit, spread))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    right = (1, 2, 4)  # numbers
    padded = [[c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(x, widths, strict=True))] for x in lines]
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def head(machine: Mapping[str, Any]) -> str:
    """The machine in a few lines: see `to_json`."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if version)
    lines = [
        f"{machine['processor']}, {machine['cores']} cores ({' '.join(machine['instructions']) or 'instructions unknown'})",
        versions,
    ]
    for precision, rates in machine["matrix_gflops"].items():
        told = ", ".join(f"{number(rate)} GFLOP/s with {n} core{'s' * (n != '1')}" for n, rate in rates.items())
        lines.append(f"the limit, products of {precision} matrices: {told}")
    return "\n".join(lines)


def to_json(machine: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """One object: what `machine` holds (processor, versions, matrix_gflops, quiet ...) and the list `rows`."""
    return json.dumps({**machine, "rows": [asdict(row) for row in rows]}, indent=2, allow_nan=False) + "\n"


def picture(machine: Mapping[str, Any], rows: Sequence[Row]) -> bytes:
    """A PNG: a bar for each ratio on a logarithmic axis. The thin line is the spread; at 1 both are equally fast."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    # Row, ratio, lowest and highest ratio.
    shown = [(row, row.ratio, row.ratio_low, row.ratio_high) for row in rows if row.ratio and row.ratio_low and row.ratio_high]
    figure = Figure(figsize=(11, 1.6 + 0.34 * len(shown)), layout="constrained")
    axes = figure.add_subplot()
    for place, (row, ratio, low, high) in enumerate(shown):
        # The bars begin at 1: to the right ours is faster, to the left the peer.
        colour = "tab:blue" if ratio >= 1 else "tab:orange"
        axes.barh(place, ratio - 1, left=1, xerr=[[ratio - low], [high - ratio]], color=colour, ecolor="0.25", height=0.7)
        text = f"{number(ratio)}  ({number(row.ours)} : {number(row.peer_value)} {row.unit})"
        axes.annotate(text, (max(high, 1), place), (4, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [f"{row.work}, {row.cores} core{'s' * (row.cores > 1)}: {row.peer}" for row, *_ in shown])
    axes.tick_params(axis="y", labelsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter("")
    least, most = (f([1.0, *(ratio for _, *ratios in shown for ratio in ratios)]) for f in (min, max))
    axes.set_xlim(least / 1.3, most * (most / least) ** 0.35 * 2)  # room for the text at the right
    axes.axvline(1, color="black", linewidth=1)
    axes.grid(axis="x", alpha=0.3)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel("how many times as fast as the peer (thin line: all repetitions; in brackets: ours : the peer's)", fontsize=8)
    trust = "" if machine["quiet"] else "; THE MACHINE WAS BUSY, NOT TO BE TRUSTED"
    axes.set_title(f"{machine['processor']}, {machine['cores']} cores{trust}", fontsize=10)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
