"""`fengsui drill NAME --compare A B`: the same drill with two policies or plans, over many seeds.

A and B are policies by name (simulations.evaluation.variants), folders of a township, or files with
other run cards for the same township. Everything runs on the virtual clock.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from command.core.township import Township
from command.errors import ConfigError
from command.loader import FILES, digest, load
from command.post import TICK_S
from sensors.text import clean
from sensors.words import _, tr
from simulations.evaluation import comparing
from simulations.evaluation.evaluate import Evaluation, evaluate
from simulations.evaluation.hazards import hazards_seen
from simulations.evaluation.markdown import as_markdown
from simulations.evaluation.variants import POLICIES, SAID
from simulations.judge import judge
from simulations.player import play
from simulations.report import Proof, Report, figures
from simulations.scenario import Scenario
from simulations.stage import Played

PLANS = "plans.toml"
Pairs = list[tuple[comparing.Figures, comparing.Figures]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the two: what it is called, and the township that it makes of the given one."""

    name: str
    township: Township
    files: str


@dataclass(frozen=True, slots=True)
class Options:
    """As on the command line."""

    scenarios: Sequence[Scenario]
    first: str
    second: str
    seeds: int
    township: Path
    report: Path | None
    lang: str


def variant(name: str, folder: Path) -> Variant:
    """By a policy's name, or by the path of a folder or of other run cards. Raises ConfigError."""
    given = Path(name)
    if name in POLICIES:
        return Variant(name, POLICIES[name](load(folder)), digest(folder))
    if given.is_dir():
        return Variant(name, load(given), digest(given))
    if given.suffix == ".toml" and given.is_file():
        return _with_plans(name, folder, given)
    message = tr("There is no policy {name}. Policies: {known}; or a township's folder or plans.")
    raise ConfigError(message.format(name=ascii(name[:80]), known=" ".join(POLICIES)))


def _with_plans(name: str, folder: Path, plans: Path) -> Variant:
    with tempfile.TemporaryDirectory(prefix="fengsui-plans-") as temporary:
        own = Path(temporary)
        for file in FILES:
            shutil.copyfile(plans if file == PLANS else folder / file, own / file)
        return Variant(name, load(own), digest(own))


def compare(options: Options, out: TextIO | None = None) -> bool:
    """Play and print; whether A was nowhere shown to be worse in what decides."""
    say = partial(_say, options.lang)
    both = [variant(name, options.township) for name in (options.first, options.second)]
    worse = False
    for scenario in options.scenarios:
        pairs = _played(scenario, both, options.seeds, out or sys.stdout, say)
        found = comparing.compare(pairs)
        worse = worse or comparing.first_is_worse(found)
        print(_table(scenario, both, found, options.lang), file=out or sys.stdout, flush=True)
        if options.report is not None:
            _write(options.report, scenario, both, pairs, found)
    return not worse


def _say(lang: str, message: str, **values: Any) -> str:
    said = {key: clean(str(value), 200) for key, value in values.items()}
    return tr(message, lang).format_map(said)


def _played(
    scenario: Scenario, both: Sequence[Variant], seeds: int, out: TextIO, say: comparing.Say
) -> Pairs:
    """Every seed once with each variant."""
    pairs: Pairs = []
    first_seed = scenario.scenario.seed
    for number in range(seeds):
        seeded = _with_seed(scenario, first_seed + number)
        first, second = (comparing.figures_of(evaluated(seeded, one)) for one in both)
        pairs.append((first, second))
        words = say(
            _("{name}: {n} of {of} seeds"), name=scenario.scenario.name, n=number + 1, of=seeds
        )
        print(words, file=out, flush=True)
    return pairs


def _with_seed(scenario: Scenario, seed: int) -> Scenario:
    head = scenario.scenario.model_copy(update={"seed": seed})
    return scenario.model_copy(update={"scenario": head})


def evaluated(scenario: Scenario, one: Variant) -> Evaluation:
    """One drill on the virtual clock, evaluated."""
    run: Played = play(scenario, one.township, one.files)
    events = run.events
    verdicts = judge(run.there.scenario, events, run.there.told, TICK_S, run.there.sent)
    proof = Proof(len(run.entries), 0, same=True)  # replay is the drill's own proof, not this one's
    report = Report(run.there.scenario, figures(events), verdicts, proof, speed=0.0)
    return evaluate(report, events, hazards_seen(run.there))


def _table(
    scenario: Scenario, both: Sequence[Variant], found: Sequence[comparing.Compared], lang: str
) -> str:
    head = scenario.scenario
    title = head.title_en if lang == "en" else head.title
    first, second = (_described(one.name, lang) for one in both)
    return as_markdown(comparing.document(title, first, second, found, partial(_say, lang)))


def _described(name: str, lang: str) -> str:
    return f"{name} ({tr(SAID[name], lang)})" if name in SAID else name


def _write(
    folder: Path,
    scenario: Scenario,
    both: Sequence[Variant],
    pairs: Pairs,
    found: Sequence[comparing.Compared],
) -> None:
    """The table in both languages, and every seed's figures for who wants to reckon again."""
    folder.mkdir(parents=True, exist_ok=True)
    name = scenario.scenario.name
    for lang in ("zh", "en"):
        text = _table(scenario, both, found, lang)
        (folder / f"compare-{name}.{lang}.md").write_text(text, encoding="utf-8")
    seed = scenario.scenario.seed
    rows = [{"seed": seed + n, "a": dict(a), "b": dict(b)} for n, (a, b) in enumerate(pairs)]
    value = {"drill": name, "a": both[0].name, "b": both[1].name, "seeds": rows}
    body = json.dumps(value, ensure_ascii=False, indent=1)
    (folder / f"compare-{name}.json").write_text(body + "\n", encoding="utf-8")
