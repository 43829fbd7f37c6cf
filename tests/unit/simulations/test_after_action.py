"""The after-action report as files: whole in both languages, harmless, needing nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from evaluation_make import (
    LENGTH_S,
    LON,
    START,
    A,
    Log,
    drill,
    township,
    twenty_minutes,
    unit,
)

from command.core import events as e
from command.core.reasons import Reason
from simulations.evaluation.chapters import LINES, document, lesson_words
from simulations.evaluation.drawing import drawing, element, text
from simulations.evaluation.evaluate import Evaluation, evaluate
from simulations.evaluation.files import report_files
from simulations.evaluation.lessons import Lesson, Point
from simulations.evaluation.markdown import escaped
from simulations.evaluation.phases import Phase
from simulations.evaluation.truth import HazardSeen
from simulations.evaluation.voice import voice
from simulations.judge import judge
from simulations.report import Proof, Report, figures

HOSTILE = "<script>alert(1)</script>\"'&|`[x](http://e.vil)*_\x1b[31m\u202e\n# h </svg></style>"
VOID = frozenset({"meta", "input", "br", "hr", "img", "link"})
RING = ((107.49, 35.0), (107.51, 35.0), (107.51, 35.02), (107.49, 35.0))


def evaluated(events: list[e.Event], **values: object) -> Evaluation:
    made = drill()
    verdicts = judge(made, events, [])
    report = Report(made, figures(events), verdicts, Proof(1, 1, same=True), 0.0)
    return evaluate(report, events, **values)  # type: ignore[arg-type]


class Page(HTMLParser):
    """Every tag closed in its order, every attribute kept, the words by article."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: dict[str, list[str]] = {"": []}
        self._article = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "article":
            self._article = dict(attrs)["class"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "article":
            self._article = ""

    def handle_data(self, data: str) -> None:
        self.words.setdefault(self._article, []).append(data)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    fire = HazardSeen(
        "wildfire", 0.0, 900.0, {"hectares": 4.2}, (RING,), ((0, 0), (600, 3), (900, 4.2))
    )
    return report_files(evaluated(twenty_minutes(), hazards=(fire,)))


def test_there_are_two_in_markdown_and_one_page(files: dict[str, str]) -> None:
    assert list(files) == ["report.zh.md", "report.en.md", "report.html"]


def test_the_page_is_well_formed_and_holds_both_languages(files: dict[str, str]) -> None:
    page = Page(files["report.html"])
    assert set(page.words) == {"", "zh", "en"}
    assert page.tags["svg"] == 2 * 6  # timeline, map, hectares, phases, work, load
    chapters = [page.tags["h1"], page.tags["h2"], page.tags["table"]]
    assert all(count % 2 == 0 for count in chapters)
    assert page.tags["h2"] >= 2 * 10


def test_the_page_needs_nothing_from_elsewhere(files: dict[str, str]) -> None:
    page = Page(files["report.html"])
    loads = {"src", "href", "data", "action", "srcset", "poster", "xlink:href", "style"}
    assert not [one for one in page.attributes if one[1] in loads]
    assert not [one for one in page.attributes if one[1].startswith("on")]
    assert not page.tags.keys() & {"script", "link", "iframe", "object", "img", "form", "base"}
    assert ("meta", "http-equiv", "Content-Security-Policy") in page.attributes
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in page.attributes
    assert "url(" not in files["report.html"]
    assert "@import" not in files["report.html"]
    addresses = set(re.findall(r"https?://[^\"<\s]+", files["report.html"]))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, not a place to load from


def test_both_languages_say_as_much_and_in_their_own_words(files: dict[str, str]) -> None:
    chinese, english = files["report.zh.md"], files["report.en.md"]
    shape = [
        [len(re.findall(mark, one, re.MULTILINE)) for mark in ("^#", "^- ", "^\\|")]
        for one in (chinese, english)
    ]
    assert shape[0] == shape[1]
    own = re.sub("看一眼|熟路|试", "", english)  # what was said in the drill stays as it was said
    assert not re.search("[\u4e00-\u9fff]", own)
    for line in chinese.splitlines():
        words = re.sub(
            r"[IO]-\d+|NENA-STA-\S+|NFPA \S+|IncidentOpened|watch|transcript\.txt", "", line
        )
        assert not re.search(r"[A-Za-z]{4,}", words) or "ljg-05" in words, line


def test_the_figures_reckoned_by_hand_are_in_it(files: dict[str, str]) -> None:
    english = files["report.en.md"]
    assert "| Must-needs on time | 2 of 4 |" in english  # four: counts, and no percentage
    assert "as it was | 10 min 40 s" in english
    assert "I-1 (Fire): 1 x medic after 16 min 30 s, 15 min allowed" in english
    assert "hectares burnt 4.2" in english
    assert "put the release off" in english
    assert "23.8" in english


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_names_and_words_stay_words(lang: str) -> None:
    there = township(units=(unit("u1", "crew", 35.0, name=HOSTILE, name_en=HOSTILE),))
    log = Log(there).opened("I-1", 10, A, text=HOSTILE)
    log.add(e.IncidentReleased, 10, incident="I-1")
    log.offered("O-1", "I-1", 10, "u1", "crew", by=HOSTILE)
    log.add(
        e.AssignmentChanged,
        20,
        Reason.UNIT_DECLINED,
        order_id="O-1",
        incident="I-1",
        unit="u1",
        status="declined",
        text=HOSTILE,
    )
    log.add(e.ReleaseHeld, 30, incident="I-1", until=START + 60, by=HOSTILE, why=HOSTILE)
    files = report_files(
        evaluated(log.events, hazards=(HazardSeen(HOSTILE, 0.0, None, {HOSTILE: 1.0}),))
    )
    plain = Page(report_files(evaluated(twenty_minutes()))["report.html"])
    page = Page(files["report.html"])
    assert page.tags.keys() <= plain.tags.keys()
    assert "alert(1)" in " ".join(page.words[lang])  # shown, as words
    for body in files.values():
        assert not set(body) & set("\x1b\u202e")
    assert "<script" not in files["report.html"]
    markdown = files[f"report.{lang}.md"]
    assert not re.search(r"(?<!\\)[`*]|(?<!\\)\[x|(?<!\\)\]\(|[<>]|http://", markdown)
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert all(re.search(r"(?<!\\)\|$", row) for row in rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a|b", "a\\|b"),
        ("<b>", "&lt;b&gt;"),
        ("snake_case", "snake_case"),
        ("_em_", "\\_em\\_"),
        ("see http://x.y", "see http\\://x.y"),
        ("www.x.y", "www\\.x.y"),
        ("a\nb", "a b"),
    ],
)
def test_markdown_shows_just_the_words(words: str, said: str) -> None:
    assert escaped(words) == said


def test_a_drawing_escapes_text_and_attributes() -> None:
    made = drawing(1.0, 2.0, '"><x', [text((0, 0), "<y>&"), element("g", id='"z')])
    assert "<x" not in made.markup
    assert "&lt;y&gt;&amp;" in made.markup
    assert 'id="&quot;z"' in made.markup


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("point", list(Point))
def test_every_lesson_can_be_said(point: Point, lang: str) -> None:
    figures_of = {
        "n": 3,
        "of": 7,
        "limit": 4,
        "within": 2,
        "incident": "I-9",
        "plan": "fire",
        "role": "crew",
        "people": 10,
        "limit_s": 60.0,
        "took_s": 99.0,
        "inject": "a-1",
        "phase": Phase.ORDER,
        "share": 0.9,
        "source": "NFPA",
        "hazard": "wildfire",
        "unit": "u1",
        "ratio": 1.25,
        "override": "sent",
        "instead": "u2",
        "cost_s": 61.0,
        "minutes": 12.5,
        "place": "v1",
    }
    if point is Point.LOAD or point is Point.CAMERAS:
        figures_of.pop("limit_s")
    else:
        figures_of.pop("limit")
    said = lesson_words(Lesson(point, figures_of), voice(township(), lang, START))
    assert re.search(r"\d", said) or point is Point.NOT_OVER
    assert "{" not in said
    assert bool(re.search("[\u4e00-\u9fff]", said)) is (lang == "zh")


def test_a_long_drill_is_cut_in_the_report_and_says_so() -> None:
    log = Log()
    for n in range(LINES + 5):
        log.opened(f"I-{n}", n, A)
    files = report_files(evaluated(log.events))
    found = files["report.en.md"]
    for words in (
        "5 more lines are in transcript.txt.",
        "765 more needs, none graver than these.",  # three of each incident, 150 are shown
        "more points; their figures are in the tables below.",
        "a schedule that knows all beforehand | - | - |",  # 610 tasks are too many for one
    ):
        assert words in found
    assert "The first 80 of 305 lines are drawn." in files["report.html"]
    assert ">+301</text>" in files["report.html"]  # the incidents at one place of the map


def test_an_empty_drill_has_a_whole_report_too() -> None:
    files = report_files(evaluated(Log().events))
    Page(files["report.html"])
    for words in ("No emergency needed anybody (n=0).", "Every unit that was asked answered"):
        assert words in files["report.en.md"]


def test_a_place_that_nobody_knows_is_on_no_map() -> None:
    log = Log(replace(township(), places=())).opened("I-1", 0, A)
    found = evaluated(
        [
            replace(one, position=None) if isinstance(one, e.IncidentOpened) else one
            for one in log.events
        ]
    )
    assert "I-1" in report_files(found)["report.zh.md"]


def test_a_drill_that_was_broken_off_is_reckoned_to_that_moment() -> None:
    cut = evaluated(twenty_minutes(), end_at=START + 600)
    assert cut.facts.end_at == START + 600 < START + LENGTH_S
    kept = {(n.case.id, n.need.role): n.kept for n in cut.needs}
    assert kept["I-2", "medic"] == "not_judged"
    assert document(cut, "en")
    assert LON == 107.5
