"""What the tour says, shows and waits for: CONSOLE.md section 7, step by step. Pure."""

from __future__ import annotations

from typing import Any

from command import messages as m
from console import drafts
from console.tour.stage import Part, Row, Script, Stage
from sensors.words import _, tr

START = 1_795_374_761.0  # 2026-11-23 03:12:41 in the township: an hour at which it matters
OFFICER = "duty-desk"
FIRE, CALL, CUT = "X-e1-31", "X-e1-32", "X-e1-33"
ORDER, TEAM, NEAR, NOISY = "XO-e1-1", "militia-1", "grid-1", "hj-03"
DIGEST = "7C41-09AE"
REPLY_S = 90.0
JUMP_S = 121.0  # past the end of an acknowledgement (急: 2 min)
SOON_S = 1.5  # between what the officer did and what comes of it
NOISE = 5  # false alarms of one camera

HAZARDS = (
    _("A 10 kV line crosses the slope: no water before it is cut off"),
    _("A gas store below the slope, 260 m from the fire"),
)
SEEN = _("Smoke on the slope opposite")
CRY = _("A ranger calls for help, two calls back unanswered")
WATER = _("Water in the yard, three people on the roof")
WEB = _("a spider's web")


def opening(now: float) -> dict[str, dict[str, Row]]:
    """A township of two villages, two teams and one noisy camera; nothing is open."""
    place = {"kind": "village", "village": "", "lon": 107.55, "lat": 35.28}
    camera = {"class": "camera", "area": "v10", "place": "v10", "key": False, "state": "online"}
    return {
        "incident": {},
        "assignment": {},
        "post": {"post": {"name": "", "root": "fsx", "rejected": 0, "digest": "tour"}},
        "place": {
            "v01": {"id": "v01", "name": "雷家沟村", "name_en": "Leijiagou", **place},
            "v10": {"id": "v10", "name": "郝家村", "name_en": "Haojia", **place},
        },
        "plan": {
            kind: {"kind": kind, "name": name, "name_en": name_en, "reply_within_s": REPLY_S}
            for kind, name, name_en in (
                ("wildfire", "山火", "Wildfire"),
                ("flash_flood", "山洪", "Flash flood"),
                ("sos", "求救", "SOS"),
            )
        },
        "unit": {TEAM: _team(), NEAR: _nearer()},
        "camera": {NOISY: {"id": NOISY, "name": "郝家03号", "last_at": now, **camera}},
        "desk": {},
        "shift": {"shift": _shift()},
    }


def _shift(**over: Any) -> Row:
    """Who has the duty, and what is to be signed."""
    return {
        "officer": OFFICER, "since": START - 28_000, "digest": DIGEST, "signed": None,
        "blocks": [],
    } | over  # fmt: skip


def _team() -> Row:
    return {
        "id": TEAM, "name": "民兵一队", "name_en": "Militia 1", "type": "militia", "members": 10,
        "roles": ["crew"], "equipment": ["风力灭火机4"], "shared": False, "place": "v01",
        "lon": 107.55, "lat": 35.28, "contact": "电台3", "state": "available", "off_reason": "",
        "assignments": [], "jobs": 0, "position": None, "last_contact": START,
    }  # fmt: skip


def _nearer() -> Row:
    """A team that is sooner there, and has not what it takes."""
    return _team() | {
        "id": NEAR, "name": "网格救援一队", "name_en": "Grid team 1", "type": "grid",
        "members": 5, "equipment": ["喊话器"], "contact": "电台2",
    }  # fmt: skip


def _incident(ident: str, kind: str, alarm: str, text: str, now: float, **over: Any) -> Row:
    row: Row = {
        "id": ident, "rev": 1, "state": "open", "kind": kind, "family": "emergency",
        "alarm_kind": alarm, "priority": 1, "triage": [], "place": "v01",
        "place_name": "雷家沟村", "position": {"lon": 107.552, "lat": 35.284}, "title": text,
        "text": text, "opened_at": now, "news_at": now, "sources": {}, "hazards": [],
        "ask": [], "ack": None, "escalated_to": "", "released_at": None, "released_by": "",
        "due": {"release": now + 60, "ack": now + 120}, "needs": [], "rec": [], "orders": [],
        "nobody_for": [], "level": 0, "ladder": [], "notes": [], "merged_into": "",
        "outcome": "", "ended_at": None, "changed": "IncidentOpened", "changed_by": "post",
        "exercise": True, "lapses": 0,
    }  # fmt: skip
    return row | over


def _fire(stage: Stage, mono: float) -> None:
    """A red row, and its sound."""
    lang, now = stage.desk.look.lang, stage.now(mono)
    row = _incident(
        FIRE, "wildfire", "smoke", tr(SEEN, lang), now,
        hazards=[tr(hazard, lang) for hazard in HAZARDS],
        needs=[{"role": "crew", "quantity": 8, "must": True, "within_min": 20, "missing": 8}],
        rec=[{"role": "crew", "unit": TEAM, "eta_s": 660}],
    )  # fmt: skip
    unit = {"unit": TEAM, "role": "crew", "people": 10, "eta_s": 660, "state": "available"}
    team = {
        "id": "1", "units": [unit], "cost": 780.0, "terms": {"way": 660.0, "tired": 120.0},
        "eta_s": 660, "free": True,
    }  # fmt: skip
    gap = {"area": "v01", "before_s": 480, "after_s": 960, "fill": None}
    near = {"unit": NEAR, "eta_s": 240, "why_not": ["equipment"]}
    detail = {"timeline": [], "teams": [team], "nearest": near, "gap": gap, "holds": []}
    stage.rows(mono, incident={FIRE: row}, detail={FIRE: detail})


def _call(stage: Stage, mono: float) -> None:
    """A second red, of which one only takes note."""
    stage.open("main", mono)
    lang, now = stage.desk.look.lang, stage.now(mono)
    row = _incident(CALL, "wildfire", "smoke", tr(CRY, lang), now, place="v10", place_name="郝家村")
    stage.rows(mono, incident={CALL: row})


def _lapse(mono: float, stage: Stage) -> None:
    """Two minutes on: nobody did anything, and it is back."""
    stage.jump(JUMP_S)
    row = stage.desk.model.row("incident", CALL)
    if row.get("ack"):
        due = {"ack": stage.now(mono) + 120}
        stage.change(mono, CALL, ack=None, lapses=1, due=due)


def _noise(stage: Stage, mono: float) -> None:
    """Five false alarms of one camera."""
    row, now = stage.desk.model.row("camera", NOISY), stage.now(mono)
    heard: dict[str, Row | None] = {
        f"e1-{n}.0": {
            "pos": f"e1-{n}.0", "event": "AlarmReceived", "at": now - 60 + n * 10, "cause": NOISY,
            "reason": "first_report", "source": NOISY, "kind": "intrusion", "outcome": "logged",
            "text": tr(WEB, stage.desk.look.lang), "incident": "",
        }
        for n in range(1, NOISE + 1)
    }  # fmt: skip
    stage.rows(mono, log=heard)
    stage.rows(mono, camera={NOISY: row | {"alarms": NOISE, "last_at": stage.now(mono)}})


def _cut(stage: Stage, mono: float) -> None:
    stage.open("main", mono)
    stage.cut(mono)


def _mend(stage: Stage, mono: float) -> None:
    """Back again: a red had come meanwhile."""
    now = stage.now(mono)
    text = tr(WATER, stage.desk.look.lang)
    row = _incident(CUT, "flash_flood", "flood", text, now - 20, due={"ack": now + 100})
    stage.rows(mono, incident={CUT: row})
    stage.mend(mono, [("incident", CUT)])


def _handover(stage: Stage, mono: float) -> None:
    """The page of the change of duty."""
    stage.rows(mono, shift={"shift": _shift()})
    stage.open("handover", mono)


def _answer(stage: Stage, command: m.Command, mono: float) -> None:
    """As a post that agrees."""
    now = stage.now(mono)
    if isinstance(command, m.Assign):
        _assigned(stage, command.incident, mono)
    elif isinstance(command, m.Acknowledge) and command.incident:
        ack = {"by": OFFICER, "until": now + 120}
        stage.change(mono, command.incident, ack=ack, due={"ackend": now + 120})
        if command.incident == CALL:
            stage.after(SOON_S, mono, lambda later: _lapse(later, stage))
    elif isinstance(command, m.Note):
        notes = [{"at": now, "by": OFFICER, "text": command.text}]
        stage.change(mono, command.incident, notes=notes)
    elif isinstance(command, m.Handover):
        signed = {"by": OFFICER, "at": now, "digest": DIGEST, "words": command.words}
        stage.rows(mono, shift={"shift": _shift(signed=signed)})
    elif isinstance(command, m.Shelve):
        row = {"source": command.source, "kind": command.kind, "until": now + command.minutes * 60}
        stage.rows(mono, shelf={f"{command.source}|{command.kind}": row})


def _assigned(stage: Stage, incident: str, mono: float) -> None:
    """The order goes, is delivered, and is accepted a moment later."""
    now = stage.now(mono)
    order: Row = {
        "id": ORDER, "order_id": ORDER, "incident": incident, "unit": TEAM,
        "unit_name": "民兵一队", "role": "crew", "people": 10, "status": "offered", "rev": 1,
        "received": True, "offered_at": now, "expires_at": now + 90, "changed_at": now,
        "eta_s": 660, "reason": "by_officer", "why": [], "by": OFFICER, "text": "",
    }  # fmt: skip
    ack = {"by": OFFICER, "until": now + 600}
    stage.change(
        mono, incident, state="assigned", ack=ack, released_at=now, released_by=OFFICER,
        orders=[ORDER], rec=[], due={"ackend": now + 600}, needs=[],
        hazards_read=dict.fromkeys(stage.desk.model.incident(incident)["hazards"], OFFICER),
    )  # fmt: skip
    job = {"order_id": ORDER, "incident": incident, "status": "offered", "since": now}
    unit = _team() | {"state": "committed", "assignments": [job], "jobs": 1}
    stage.rows(mono, assignment={ORDER: order}, unit={TEAM: unit})

    def accepted(later: float) -> None:
        there = {"status": "accepted", "changed_at": stage.now(later)}
        taken = {"assignments": [job | {"status": "accepted"}]}
        stage.rows(later, assignment={ORDER: order | there}, unit={TEAM: unit | taken})

    stage.after(SOON_S, mono, accepted)


def _hazards_read(stage: Stage) -> bool:
    kept = drafts.read(stage.desk.settings, "dispatch", FIRE).get("read") or []
    return len(kept) == len(HAZARDS)


def _accepted(stage: Stage) -> bool:
    return stage.desk.model.row("assignment", ORDER).get("status") == "accepted"


def _lapsed(stage: Stage) -> bool:
    return bool(stage.desk.model.row("incident", CALL).get("lapses"))


_ON = frozenset({"space"})
_OPEN = frozenset({"enter"})

PARTS = (
    Part(
        1,
        _("Did you hear the sound? Nothing waits for you now. Press Space."),
        lambda stage: stage.pressed("space"),
        lambda stage, _mono: stage.sound("test"),
        keys=_ON,
    ),
    Part(
        2,
        _("A red item. Line 2 is always the next thing. Press F2."),
        lambda stage: stage.shows("dispatch"),
        _fire,
    ),
    Part(
        3,
        _("Hazards: read them. They go to the crew as well. Then press Space."),
        _hazards_read,
    ),
    Part(
        4,
        _("The team, why not the nearest, what is left uncovered. Press F3: it is sent."),
        lambda stage: stage.gave(m.Assign),
    ),
    Part(4, _("Done: delivered. Now it waits for the team's yes ..."), _accepted),
    Part(
        4,
        _("Accepted, and on line 1 it counts no longer as unseen. Press Space."),
        lambda stage: stage.pressed("space"),
        keys=_ON,
    ),
    Part(5, _("A second red comes ..."), lambda stage: stage.desk.page.item == CALL, _call),
    Part(
        5,
        _("The cursor is on it. You only take note of it: press F4."),
        lambda stage: stage.gave(m.Acknowledge),
    ),
    Part(5, _("Quiet now. The tour's clock jumps two minutes ..."), _lapsed),
    Part(
        5,
        _("It is back, with ~: whoever took it did nothing. Press F2."),
        lambda stage: stage.shows("dispatch"),
    ),
    Part(5, _("And away again: press Esc."), lambda stage: stage.shows("main")),
    Part(
        6,
        _("The command line reads along. Type :note . // called back  and Enter."),
        lambda stage: stage.gave(m.Note),
    ),
    Part(
        6,
        _("Five false alarms of one camera. Type :shelve hj-03 15m // web  and Enter."),
        lambda stage: stage.gave(m.Shelve),
        _noise,
    ),
    Part(
        7,
        _("The line is cut: commands stop, here is whom to call. Press Enter."),
        lambda stage: stage.pressed("enter"),
        _cut,
        keys=_OPEN,
    ),
    Part(
        7,
        _("Back: what changed meanwhile, and that red is unseen again. Press Enter."),
        lambda stage: stage.pressed("enter"),
        _mend,
        keys=_OPEN,
    ),
    Part(
        7,
        _("The handover: take over the red with Space."),
        lambda stage: stage.pressed("space"),
        _handover,
    ),
    Part(
        7,
        _("Sign with F3; a drill's signature counts for nothing."),
        lambda stage: stage.gave(m.Handover),
    ),
    Part(
        7,
        _("That was all. The rest is in F1. Press Space for the real screen."),
        lambda stage: stage.pressed("space"),
        keys=_ON,
    ),
)
_NOISY_FROM = next(n for n, part in enumerate(PARTS) if part.does is _noise)

SCRIPT = Script(
    start=START,
    officer=OFFICER,
    opening=opening,
    parts=PARTS,
    answer=_answer,
    busy=lambda part: 2 + NOISE if part >= _NOISY_FROM else min(part, 2),
)
STEPS = PARTS[-1].step
