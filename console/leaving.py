"""Whether an officer may leave the console now, and what to say where not. Pure.

Beside a post that was started on the same terminal leaving ends the post, for everybody: that is
done without a question only where nobody would miss it (docs/decisions/023-who-leaves-the-post.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from console import wording
from console.item import CRIT
from console.look import Look
from console.model import Model
from console.queue import Queue


@dataclass(frozen=True, slots=True)
class Leaver:
    """What it depends on. `beside`: the post ends with this console; `lost`: it is not heard."""

    model: Model
    queue: Queue
    look: Look
    beside: bool
    lost: bool


def why_not(who: Leaver, *, stop: bool) -> str:
    """One sentence, "" where the officer may leave; `stop`: the post's end is meant."""
    tr = who.look.tr
    if who.lost or (who.beside and who.model.exercise):  # a drill is missed by nobody
        return ""
    if who.beside:
        missed = "" if stop else ", ".join(_missed(who))
        words = tr("Leaving stops the post for everybody ({why}). If that is meant: :quit stop")
        return words.format(why=missed) if missed else ""
    if stop:
        return tr("The post is a program of its own and goes on: :quit leaves this console.")
    if who.model.alone_on_duty:
        return tr("You are the officer on duty: hand over first (:handover).")
    return ""


def _missed(who: Leaver) -> list[str]:
    """By whom and for what a post that ends would be missed."""
    tr, found = who.look.tr, []
    if reds := who.queue.counts().get(CRIT, 0):
        found.append(tr("red items open: {n}").format(n=reds))
    if who.model.alone_on_duty:
        found.append(tr("you are on duty"))
    load = who.model.beat.get("load") or {}
    others = [name for name in load.get("officers") or () if name != who.model.name]
    if others:
        names = " ".join(wording.officer(wording.Book(who.model, who.look), one) for one in others)
        found.append(tr("signed on: {names}").format(names=names))
    return found
