"""Log lines and alerts as sentences. Pure.

A sentence has `{names}` of the row's fields; `FIELDS` says how each field is worded. A field from
outside is shown harmless, an event of a later version by its own name and its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from console import wording
from console.cells import show
from console.look import clock, way
from console.model import Row
from console.wording import Names, reasons, words
from sensors.words import _

EVENT = {
    "TownshipLoaded": _("the township's files are taken over"),
    "PostStarted": _("the post is on duty, epoch {epoch}"),
    "EraBegan": _("era {era} of the log begins"),
    "ClockStepped": _("the wall clock jumped by {by_s} s; ours goes on"),
    "MessageQuarantined": _("a message put aside: {rejection}"),
    "AlarmReceived": _("{outcome} {kind} {confidence} {text}"),
    "AlarmCleared": _("sees it no longer"),
    "DeviceTested": _("test button {text}"),
    "ReplyReceived": _("says: {status} {text}"),
    "RequestReceived": _("asks for {need} {text}"),
    "UnitDutyChanged": _("{unit} {duty} {why}"),
    "SourceHeard": _("sign of life: {health} {text}"),
    "SourceSilent": _("no sign of life since {last_at}"),
    "UnitLocated": _("position is known"),
    "IncidentOpened": _("opened as {plan}, {priority} {place}"),
    "PriorityChanged": _("urgency is now {priority} {why}"),
    "IncidentReleased": _("released: the dispatcher sends teams"),
    "IncidentAcknowledged": _("acknowledged {until} {why}"),
    "AcknowledgementLapsed": _("the acknowledgement of {by} lapsed"),
    "AcknowledgementEnded": _("{by} left the console: nobody has it"),
    "UnitsLeftOut": _("leaves out {units} {why}"),
    "SecondLineCalled": _("no answer yet: the second line is called"),
    "IncidentEscalated": _("no answer: {to} is called"),
    "IncidentNoted": _("note: {text}"),
    "IncidentMerged": _("joined to {into}"),
    "IncidentSplit": _("{new} split off"),
    "IncidentEnded": _("ended: {state} {outcome_text}"),
    "IncidentReopened": _("reopened {why}"),
    "CaseClimbed": _("climbed to step {step}"),
    "IncidentArchived": _("put into the archive"),
    "UnitOffered": _("order to {unit}: {role}, there in {eta_s}"),
    "AssignmentChanged": _("{unit}: {status} {text}"),
    "AssignmentMoved": _("{unit}: the order goes on here"),
    "OrderQueued": _("{unit}: version {rev} of the order, {order_state}"),
    "OrderSettled": _("{unit}: version {rev} of the order leaves the outbox"),
    "NeedHeld": _("waits for {unit}: {role}, free at {free_at}"),
    "HoldEnded": _("waits no longer: {role}"),
    "NobodyLeft": _("nobody left: {role}, {missing} missing"),
    "OfficerAlerted": _("{alert}"),
    "AlertAcknowledged": _("alert {alert_id} read"),
    "SourceShelved": _("{source}: {kind} shelved {until} {why}"),
    "SourceUnshelved": _("{source}: {kind} back on the list"),
    "CommandDone": _("carried out: {do} {why}"),
    "ReleaseHeld": _("sending put off {until} {why}"),
    "HazardsRead": _("hazards read: {hazards}"),
    "HazardAdded": _("new hazard: {text}"),
    "AccountabilityDue": _("{unit}: is everybody well?"),
    "AccountabilityAnswered": _("{unit}: everybody is well"),
    "UnitMayday": _("MAYDAY: {unit} does not answer"),
    "GradeSet": _("graded {grade_word} {why}"),
    "NoticeIssued": _("notice to {notice_to}: {text}"),
    "NoticeSent": _("the notice is on the air"),
    "StandbyOrdered": _("{unit}: to stand by at {standby_place}"),
    "StandbyReached": _("{unit}: should be where it stands by"),
    "PlayStopped": _("the drill is over: {text}"),
    "ResponseSet": _("response is now {level} {why}"),
    "HandoverSigned": _("handover signed {digest} {words}"),
    "ShiftChanged": _("the duty passes to {to_officer}"),
}

# Whose line it is: the post's, the source's, else who did it.
OF_THE_POST = frozenset(
    {
        "UnitOffered",
        "OrderQueued",
        "OrderSettled",
        "AssignmentMoved",
        "OfficerAlerted",
        "AccountabilityDue",
        "UnitMayday",
        "NeedHeld",
    }
)
OF_THE_SOURCE = frozenset({"AlarmReceived", "AlarmCleared", "DeviceTested", "MessageQuarantined"})

NUMBER = (int, float)
Wording = Callable[[Names, Row, Any], str]


def event_line(names: Names, row: Row) -> tuple[str, str, str]:
    """(source, text, cause) of a row of the log: `探头ljg-09`, `并入 烟 0.79`, `同类 相距不远`."""
    name = str(row.get("event") or "")
    cause = wording.reason(names.look, str(row.get("reason") or ""))
    if row.get("late"):
        cause = names.look.tr("{cause}, late").format(cause=cause)
    return _who(names, name, row), sentence(names, name, row), cause


def sentence(names: Names, name: str, row: Row) -> str:
    """What happened, in one sentence without who and why."""
    template = EVENT.get(name)
    if template is None:
        return show(f"{name} {row.get('text') or ''}".strip(), 200)
    return _filled(names, names.look.tr(template), row)


def alert(names: Names, row: Row) -> str:
    """What an alert (a row of the table, or its event) asks of the officer."""
    code = str(row.get("reason") or "")
    if code in reasons.ALERT:
        return _filled(names, names.look.tr(reasons.ALERT[code]), row)
    text = show(str(row.get("text") or ""), 200)
    return f"{wording.reason(names.look, code)} {text}".strip()


def rejection(names: Names, code: str) -> str:
    """Why a message was put aside: a row of the table `quarantine`, field `why`."""
    return wording.word(names.look, reasons.REJECTION, code)


def _who(names: Names, name: str, row: Row) -> str:
    if name in OF_THE_POST:
        return names.look.tr("post")
    by = row.get("by")
    if by == "unit" or (by is None and row.get("unit")):
        return wording.unit(names, str(row.get("unit") or row.get("source") or ""))
    if name not in OF_THE_SOURCE and by is not None:
        return wording.officer(names, str(by))
    ident = str(row.get("source") or "")
    return wording.source(names, ident) if ident else names.look.tr("post")


def _filled(names: Names, template: str, row: Row) -> str:
    words_of = _Words(names, row)
    return " ".join(template.format_map(words_of).split()).removesuffix(":")


class _Words(dict[str, str]):
    """The fields of a row, each worded when a sentence asks for it."""

    def __init__(self, names: Names, row: Row) -> None:
        super().__init__()
        self._names, self._row = names, row

    def __missing__(self, key: str) -> str:
        field, worded = FIELDS.get(key, (key, _text))
        value = self._row.get(field)
        return "" if value is None and field != "until" else worded(self._names, self._row, value)


def _text(_names: Names, _row: Row, value: Any) -> str:
    return show(str(value), 200)


def _coded(table: Mapping[Any, str]) -> Wording:
    return lambda names, _row, value: wording.word(names.look, table, value)


def _number(shape: str) -> Wording:
    return lambda _names, _row, value: shape.format(value) if isinstance(value, NUMBER) else ""


def _time(_names: Names, _row: Row, value: Any) -> str:
    return clock(value, seconds=False) if isinstance(value, NUMBER) else ""


def _way(names: Names, _row: Row, value: Any) -> str:
    return way(value, names.look) if isinstance(value, NUMBER) else ""


def _until(names: Names, _row: Row, value: Any) -> str:
    if not isinstance(value, NUMBER):
        return ""
    return names.look.tr("until {time}").format(time=clock(value, seconds=False))


def _duty(names: Names, _row: Row, value: Any) -> str:
    return names.look.tr("goes on duty") if value else names.look.tr("goes off duty")


def _health(names: Names, _row: Row, value: Any) -> str:
    return names.look.tr("in order") if value else names.look.tr("not in order")


def _alarm_or_kind(names: Names, _row: Row, value: Any) -> str:
    return wording.alarm(names.look, str(value))


def _notice_to(names: Names, _row: Row, value: Any) -> str:
    if value == "all":
        return names.look.tr("everybody")
    known = names.model.row("place", str(value))
    return wording.place(names, str(value)) if known else wording.officer(names, str(value))


def _station(names: Names, _row: Row, value: Any) -> str:
    return wording.place(names, str(value)) if value else names.look.tr("its station")


def _role_said(names: Names, _row: Row, value: Any) -> str:
    return wording.role(names.look, str(value))


FIELDS: Mapping[str, tuple[str, Wording]] = {
    "outcome": ("outcome", _coded(words.OUTCOME)),
    "outcome_text": ("outcome", _text),
    "kind": ("kind", _alarm_or_kind),
    "confidence": ("confidence", _number("{:.2f}")),
    "status": ("status", _coded(words.STATUS)),
    "state": ("state", _coded(words.INCIDENT_STATE)),
    "order_state": ("state", _coded(words.ORDER_STATE)),
    "need": ("need", _coded(words.NEED)),
    "do": ("do", _coded(words.DO)),
    "rejection": ("why", _coded(reasons.REJECTION)),
    "unit": ("unit", lambda n, _r, v: wording.unit(n, str(v)) if v else ""),
    "source": ("source", lambda n, _r, v: wording.source(n, str(v)) if v else ""),
    "by": ("by", lambda n, _r, v: wording.officer(n, str(v))),
    "to": ("to", _role_said),
    "to_officer": ("to", lambda n, _r, v: wording.officer(n, str(v))),
    "grade_word": ("grade", _coded(words.GRADE)),
    "notice_to": ("to", _notice_to),
    "level": ("level", _coded(words.RESPONSE)),
    "digest": ("digest", _text),
    "words": ("words", _text),
    "role": ("role", _role_said),
    "post": ("text", _role_said),  # an alert has the code of a role as its text
    "plan": ("plan", lambda n, _r, v: wording.kind_name(n, str(v))),
    "place": ("place", lambda n, _r, v: wording.place(n, str(v))),
    "standby_place": ("place", _station),
    "priority": ("priority", lambda n, _r, v: wording.urgency(n.look, v)),
    "until": ("until", _until),
    "last_at": ("last_at", _time),
    "free_at": ("free_at", _time),
    "eta_s": ("eta_s", _way),
    "by_s": ("by_s", _number("{:+.0f}")),
    "step": ("level", lambda _n, _r, v: str(v + 1) if isinstance(v, int) else ""),
    "duty": ("on", _duty),
    "health": ("ok", _health),
    "units": ("units", lambda n, _r, v: show(" ".join(wording.unit(n, str(u)) for u in v), 300)),
    "hazards": ("hazards", lambda _n, _r, v: show("; ".join(map(str, v)), 300)),
    "alert": ("reason", lambda n, r, _v: alert(n, r)),
    "alert_id": ("alert", _text),
}
