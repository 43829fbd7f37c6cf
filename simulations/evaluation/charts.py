"""The report's charts: who did what when, phases, load, work, hectares. Pure.

Steps of grey-blue from light to dark, so that they can be told apart on a black and white print.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulations.evaluation.drawing import XY, Svg, drawing, line, path, rect, text

WIDTH, LEFT, RIGHT = 960.0, 230.0, 60.0
ROW = 18.0
SHADES = ("#d9e0e7", "#a9bccd", "#6d93b8", "#1f4e79")
INK, SOFT, GRID, BAD = "#1b1f24", "#5b6570", "#dde2e6", "#b3261e"
TICKS = 8
NICE = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 360, 720, 1440)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a bar, `shade` 0 (light) to 3 (dark); times in seconds of the drill."""

    start_s: float
    end_s: float
    shade: int
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the timeline: a head (no spans), or a unit's way through its task.

    `cross_s`: when it fell out; `mark_s`: when an incident began.
    """

    label: str
    spans: Sequence[Span] = ()
    cross_s: float | None = None
    mark_s: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of dots: seconds measured, and the limits that norms set."""

    label: str
    values: Sequence[float]
    limits: Sequence[float] = ()


def timeline(bars: Sequence[Bar], length_s: float, legend: Sequence[str], title: str) -> Svg:
    """Every task as a bar, below the incident that it belongs to; minutes along the foot."""
    height = (len(bars) + 3) * ROW
    parts = [*_legend(legend), *_minutes(length_s, 2 * ROW, height - ROW)]
    for number, bar in enumerate(bars):
        parts += _bar(bar, (number + 2) * ROW, length_s)
    return drawing(WIDTH, height, title, parts)


def _legend(words: Sequence[str]) -> Iterator[str]:
    step = (WIDTH - LEFT) / max(1, len(words))
    for number, said in enumerate(words):
        x = LEFT + number * step
        yield rect((x, 4), 12, 10, fill=SHADES[number], stroke=SOFT)
        yield text((x + 16, 13), said)


def _minutes(length_s: float, top: float, foot: float) -> Iterator[str]:
    minutes = length_s / 60
    step = next((nice for nice in NICE if minutes / nice <= TICKS), NICE[-1])
    for minute in range(0, int(minutes) + 1, step):
        x = _x(minute * 60, length_s)
        yield line((x, top - 4), (x, foot), stroke=GRID)
        yield text((x, foot + 13), f"{minute}'", text_anchor="middle")


def _x(seconds: float, whole: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, seconds / whole)) if whole else LEFT


def _bar(bar: Bar, y: float, length_s: float) -> Iterator[str]:
    head = not bar.spans
    yield text((0 if head else 12, y + 12), bar.label, font_weight="bold" if head else None)
    for span in bar.spans:
        start, end = _x(span.start_s, length_s), _x(span.end_s, length_s)
        box: dict[str, str | float | None] = {
            "fill": SHADES[span.shade],
            "stroke": SOFT,
            "stroke_width": 0.5,
        }
        yield rect((start, y + 3), max(1.0, end - start), ROW - 6, span.words, **box)
    if bar.cross_s is not None:
        x = _x(bar.cross_s, length_s)
        yield line((x - 4, y + 5), (x + 4, y + 13), stroke=BAD, stroke_width=2)
        yield line((x - 4, y + 13), (x + 4, y + 5), stroke=BAD, stroke_width=2)
    if bar.mark_s is not None:
        x = _x(bar.mark_s, length_s)
        yield path([(x - 4, y + 3), (x + 4, y + 3), (x, y + 13)], closed=True, fill=BAD)


def dots(rows: Sequence[Row], title: str) -> Svg:
    """Every value as a dot, so that few look like few; limits as broken lines."""
    whole = max((v for row in rows for v in (*row.values, *row.limits)), default=1.0) or 1.0
    tall = 2 * ROW
    height = len(rows) * tall + 2 * ROW
    parts = []
    for number, row in enumerate(rows):
        middle = number * tall + tall / 2
        parts += [
            text((0, middle + 4), row.label),
            line((LEFT, middle), (WIDTH - RIGHT, middle), stroke=GRID),
        ]
        parts += [_dot((_x(value, whole), middle)) for value in row.values]
        for below, limit in enumerate(row.limits):
            x = _x(limit, whole)
            ends = ((x, middle - ROW / 2), (x, middle + ROW / 2))
            label = text((x + 3, middle + (14 if below else -4)), f"{limit:g} s")
            parts += [line(*ends, stroke=BAD, stroke_dasharray="3 2"), label]
    return drawing(WIDTH, height, title, [*parts, *_seconds(whole, len(rows) * tall)])


def _dot(at: XY) -> str:
    return rect((at[0] - 3, at[1] - 5), 6, 10, fill=SHADES[3], fill_opacity=0.55, rx=3)


def _seconds(whole: float, foot: float) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _x(share * whole, whole)
        yield text((x, foot + 13), f"{share * whole:.0f} s", text_anchor="middle")


def bars(rows: Sequence[tuple[str, float]], unit: str, title: str) -> Svg:
    """One bar a row, its figure at the end."""
    whole = max((value for _, value in rows), default=1.0) or 1.0
    parts = []
    for number, (label, value) in enumerate(rows):
        y, end = number * ROW, _x(value, whole)
        parts += [
            text((0, y + 13), label),
            rect((LEFT, y + 3), end - LEFT, ROW - 6, fill=SHADES[2]),
            text((end + 4, y + 13), f"{value:g} {unit}"),
        ]
    return drawing(WIDTH, len(rows) * ROW + 4, title, parts)


def columns(values: Sequence[float], labels: Sequence[str], limit: float, title: str) -> Svg:
    """One column a stretch of time, and the limit across."""
    tall, whole = 140.0, max([*values, limit, 1.0])
    step = (WIDTH - 60) / max(1, len(values))
    parts = []
    for number, value in enumerate(values):
        x, top = 40 + number * step, tall * (1 - value / whole) + 12
        parts.append(rect((x + 1, top), step - 2, tall + 12 - top, fill=SHADES[2]))
        if len(values) <= 30:
            parts.append(text((x + step / 2, top - 2), f"{value:g}", text_anchor="middle"))
        if number % -(-len(values) // 12) == 0:
            parts.append(text((x, tall + 26), labels[number]))
    y = tall * (1 - limit / whole) + 12
    parts += [
        line((40, y), (WIDTH - 20, y), stroke=BAD, stroke_dasharray="3 2"),
        text((0, y + 4), f"{limit:g}"),
    ]
    return drawing(WIDTH, tall + 34, title, parts)


def curve(points: Sequence[XY], unit: str, title: str) -> Svg:
    """A size over time, in seconds of the drill; its last value at its end."""
    tall = 160.0
    length = max((x for x, _ in points), default=1.0) or 1.0
    whole = max((y for _, y in points), default=1.0) or 1.0
    drawn = [(_x(x, length), tall * (1 - y / whole) + 14) for x, y in points]
    parts = [
        *_minutes(length, 14, tall + 14),
        path(drawn, closed=False, fill="none", stroke=BAD, stroke_width=2),
    ]
    if drawn:
        parts.append(text((drawn[-1][0] + 4, drawn[-1][1] + 4), f"{points[-1][1]:.1f} {unit}"))
    return drawing(WIDTH, tall + 34, title, parts)
