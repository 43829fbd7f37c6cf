"""Why this team, why not the nearest, what stays uncovered: the reason beside the button. Pure.

All of it is the post's own explanation (table `detail`), there once somebody looks; before that the
row's own recommendation stands alone.
"""

from __future__ import annotations

from typing import Any

from console import wording
from console.cells import Line, fit, hanging, paragraph, plain, rule, show, width
from console.look import way
from console.model import Row
from console.page import Ctx
from sensors.words import _

TEAM_LETTERS = "abcdefgh"
# What a team costs, by the names that the dispatcher gives its terms.
TERM = {
    "way": _("way"), "busy": _("until free"), "waited": _("waited"), "late": _("too late"),
    "mismatch": _("too few"), "over": _("too many"), "skills": _("other skills"),
    "tired": _("tired"), "own": _("its own time"), "cover": _("gap"), "unheard": _("not heard of"),
}  # fmt: skip


def recommended(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Three teams with what they cost; without the detail yet, the one that would go."""
    found = ctx.model.row("detail", str(row["id"])).get("teams") or ()
    tr = ctx.tr
    if not found:
        rec = row.get("rec") or ()
        if not rec:
            return []
        units = [{"unit": r.get("unit"), "role": r.get("role")} for r in rec]
        eta = max((float(r.get("eta_s") or 0) for r in rec), default=0.0)
        team = {"units": units, "eta_s": eta, "free": True}
        return [rule(tr("Recommended"), cells), *_team(ctx, 1, team, cells)]
    made = [rule(tr("Recommended"), cells)]
    for number, team in enumerate(found, 1):
        made += _team(ctx, number, team, cells)
        if number == 1 and team.get("terms"):
            made.append(_cost(ctx, team, cells))
    return made


def _team(ctx: Ctx, number: int, team: dict[str, Any], cells: int) -> list[Line]:
    """`1 民兵一队+护林一组 到场 11分  代价 13.0  可派`."""
    tr = ctx.tr
    names = "+".join(wording.unit(ctx, str(u.get("unit"))) for u in team.get("units") or ())
    tail = tr("there in {t}").format(t=way(float(team.get("eta_s") or 0), ctx.look))
    if team.get("cost") is not None:
        tail += " " + tr("cost {n}").format(n=f"{float(team['cost']) / 60:.1f}")
    tail += " " + wording.unit_state(ctx.look, "available" if team.get("free") else "committed")
    room = max(8, cells - width(tail) - 3)
    return [plain(f"{number} {fit(names, room)} {tail}", cells, "bold" if number == 1 else "")]


def _cost(ctx: Ctx, team: dict[str, Any], cells: int) -> Line:
    """`  合计代价 13.0 = 到场 11.0 + 缺口 1.5`: minutes, each term by its name."""
    terms = [
        f"{ctx.tr(TERM[name]) if name in TERM else show(str(name), 20)} {float(value) / 60:.1f}"
        for name, value in team["terms"].items()
    ]
    said = ctx.tr("cost {n} = {terms}").format(
        n=f"{float(team.get('cost') or 0) / 60:.1f}", terms=" + ".join(terms)
    )
    return plain("  " + said, cells, "dim")


def nearest(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Why the nearest does not go: the officer signs for it."""
    found = ctx.model.row("detail", str(row["id"])).get("nearest")
    if not found:
        return []
    tr = ctx.tr
    head_line = tr("{unit} could be there in {t}. Not chosen, because:").format(
        unit=wording.unit(ctx, str(found.get("unit"))),
        t=way(float(found.get("eta_s") or 0), ctx.look),
    )
    made = [rule(tr("Why not the nearest"), cells), *paragraph(head_line, cells)]
    for letter, code in zip(TEAM_LETTERS, found.get("why_not") or (), strict=False):
        made += hanging(f"  {letter} ", wording.why_not(ctx.look, str(code)), cells)
    return made


def why_not_nearest(ctx: Ctx, row: Row) -> str:
    """The same in one line, for the hint."""
    found = ctx.model.row("detail", str(row["id"])).get("nearest")
    if not found:
        return ""
    codes = [wording.why_not(ctx.look, str(code)) for code in found.get("why_not") or ()]
    return ctx.tr("not {unit} ({t}): {why}").format(
        unit=wording.unit(ctx, str(found.get("unit"))),
        t=way(float(found.get("eta_s") or 0), ctx.look),
        why="; ".join(codes),
    )


def gap(ctx: Ctx, row: Row, cells: int) -> list[Line]:
    """Where help takes longer once the team has gone, and who could fill in."""
    found = ctx.model.row("detail", str(row["id"])).get("gap")
    if not found:
        return []
    tr = ctx.tr
    area = wording.place(ctx, str(found.get("area")))
    before = way(float(found.get("before_s") or 0), ctx.look)
    if found.get("after_s") is None:
        said = tr("{area}: nobody is left who could come (now {before})")
        text = said.format(area=area, before=before)
    else:
        said = tr("{area}: the next help takes {after} (now {before})")
        after = way(float(found["after_s"]), ctx.look)
        text = said.format(area=area, after=after, before=before)
    made = [rule(tr("What stays uncovered"), cells), *paragraph(text, cells)]
    if fill := found.get("fill"):
        text = tr("to fill in: {unit} to {place}").format(
            unit=wording.unit(ctx, str(fill.get("unit"))),
            place=wording.place(ctx, str(fill.get("to"))),
        )
        made += paragraph(text, cells)
    return made
