"""The kind of an alarm as a caller or an officer says it. Pure.

`新建` reports an alarm of the contract; which run card it opens is the post's to say. So a run
card's name stands for the alarm kind that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from console import wording
from console.grammar.initials import initials
from console.grammar.slots import Slot, one, unfitting
from console.grammar.things import MOST, Choice, Env
from console.grammar.typed import Word, folded
from console.look import Look
from console.wording import words as w
from sensors.words import _, tr

TITLE = _("kind")
# Run card -> the alarm kind whose rule opens it (townships/*/plans.toml).
OF_A_PLAN = {
    "wildfire": "fire", "house_fire": "fire", "flash_flood": "flood", "landslide": "landslide",
    "earthquake": "earthquake", "storm": "storm", "road_accident": "accident",
    "road_blocked": "road_blocked", "fight": "fight", "missing_person": "missing_person",
    "medical": "medical", "crowding": "crowd", "utility": "facility", "work_accident": "accident",
    "sos": "sos", "grid_case": "environment", "dispute": "dispute", "service": "service",
}  # fmt: skip
# How else people say it.
ALSO = {
    "野火": "fire", "火灾": "fire", "着火": "fire", "冒烟": "smoke", "水位": "flood",
    "洪水": "flood", "塌方": "landslide", "大风": "storm", "冰雹": "storm", "暴雨": "storm",
    "断路": "road_blocked", "入侵": "intrusion", "失联": "missing_person", "医疗": "medical",
    "受伤": "medical", "诉求": "environment", "停电": "facility", "停水": "facility",
    "停气": "facility",
}  # fmt: skip
SPOKEN = (Look(lang="zh"), Look(lang="en"))


def _kind(env: Env, word: Word) -> str:
    part = one(env, word)
    for name, code in _names(env):
        if part.text == name:
            return code
    found = {code for name, code in _names(env) if part.text in initials(name)}
    if len(found) == 1:
        return found.pop()
    near = [choice.insert for choice in _choices(env, part.text[:1])]
    near = near or [choice.insert for choice in _choices(env, "")]
    raise unfitting(env, part, TITLE, env.tr(" or ").join(near[:MOST]))


def _names(env: Env) -> Iterator[tuple[str, str]]:
    """Every word that means an alarm kind, folded."""
    for code, word in w.ALARM.items():
        yield code, code
        for look in SPOKEN:
            yield folded(tr(word, look.lang)), code
    for plan, code in OF_A_PLAN.items():
        row = env.ctx.model.row("plan", plan)
        yield plan, code
        for look in SPOKEN:
            yield folded(tr(w.KIND[plan], look.lang)), code
        for name in (row.get("name"), row.get("name_en")):
            if name:
                yield folded(str(name)).replace(" ", "-"), code
    yield from ALSO.items()


def _choices(env: Env, beginning: str) -> Iterator[Choice]:
    """The contract's kinds by their word of the officer's language."""
    for code, word in w.ALARM.items():
        name = env.tr(word)
        plain = folded(name)
        if plain.startswith(beginning) or beginning in initials(name):
            yield Choice(name, wording.alarm(SPOKEN[env.ctx.look.lang == "zh"], code))


KIND = Slot("kind", TITLE, _kind, _choices, lambda env, code: wording.alarm(env.ctx.look, code))
