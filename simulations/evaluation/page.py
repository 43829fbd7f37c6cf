"""The report as one HTML page: no script, no address, nothing to load; it prints as it is. Pure.

Both languages are in it, Chinese first. Two radio buttons choose, by style alone; a reader without
styles sees both, one after the other.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from sensors.text import clean
from simulations.evaluation.document import Block, Document, Grid, Heading, Picture, Points, Words

LIMIT = 1000
NUMBER = ' class="n"'
LANGUAGES = {"zh": ("zh-CN", "中文"), "en": ("en", "English")}

# The page may use its own style and nothing else, whatever stands in its texts.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #5b6570; --line: #c9d0d6; --paper: #fff; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; color: var(--ink);
  background: var(--paper); font: 16px/1.6 "Noto Sans CJK SC", "Source Han Sans SC",
  "Microsoft YaHei", "PingFang SC", system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: .6rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .6rem; border-bottom: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .92rem; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem .25rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: .9rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 11px; fill: var(--ink); }
svg .halo { paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; }
svg .inside { fill: #fff; font-weight: bold; text-anchor: middle; }
input[name=lang] { accent-color: var(--ink); margin: 0 .3rem 0 0; }
label { margin-right: 1.2rem; }
#zh:checked ~ main > .en, #en:checked ~ main > .zh { display: none; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  input[name=lang], label { display: none; }
  h2, h3 { break-after: avoid; }
  figure, tr, li { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def as_page(title: str, documents: dict[str, Document]) -> str:
    """`documents` by language, "zh" and "en"; the first is shown first."""
    buttons = "".join(_button(lang, first=n == 0) for n, lang in enumerate(documents))
    articles = "".join(
        f'<article class="{lang}" lang="{LANGUAGES[lang][0]}">{_blocks(document)}</article>\n'
        for lang, document in documents.items()
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[next(iter(documents))][0]}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_words(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{buttons}\n<main>\n{articles}</main>\n</body>\n</html>\n"
    )


def _button(lang: str, *, first: bool) -> str:
    checked = " checked" if first else ""
    return (
        f'<input type="radio" name="lang" id="{lang}"{checked}>'
        f'<label for="{lang}" lang="{LANGUAGES[lang][0]}">{LANGUAGES[lang][1]}</label>\n'
    )


def _blocks(document: Document) -> str:
    return "\n".join(_block(block) for block in document)


def _block(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"<h{level}>{_words(words)}</h{level}>"
        case Words(words):
            return f"<p>{_words(words)}</p>"
        case Points(points):
            return f"<ul>{''.join(f'<li>{_words(point)}</li>' for point in points)}</ul>"
        case Grid():
            return _grid(block)
        case Picture(svg, caption):
            return f"<figure>{svg.markup}<figcaption>{_words(caption)}</figcaption></figure>"


def _grid(grid: Grid) -> str:
    head = _row(grid.head, "th", grid.numbers)
    rows = "".join(_row(row, "td", grid.numbers) for row in grid.rows)
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(cells: Sequence[str], name: str, numbers: frozenset[int]) -> str:
    said = (
        f"<{name}{NUMBER if n in numbers else ''}>{_words(cell)}</{name}>"
        for n, cell in enumerate(cells)
    )
    return f"<tr>{''.join(said)}</tr>"


def _words(words: str) -> str:
    return html.escape(clean(words, LIMIT))
