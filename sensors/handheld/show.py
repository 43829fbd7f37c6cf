"""What the team reads: plain lines, Chinese or English, or one JSON object a line. Pure.

An order begins with its hazards, then the task, the place, the deadline and who else comes.
Everything of a drill begins with the word for drill, line by line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sensors.handheld.show_words import (
    ANSWERS,
    HELP,
    KIND_WORDS,
    MISTAKES,
    NEED_WORDS,
    OUTCOMES,
    ROLE_WORDS,
    VERDICTS,
)
from sensors.handheld.values import Shown
from sensors.handheld.wire import UTC_OFFSET_H
from sensors.times import rfc3339
from sensors.words import tr

Data = dict[str, Any]


def to_lines(shown: Shown, lang: str, now: float, *, drill: bool = False) -> list[str]:
    """The lines to print, the first with the time of day."""
    first, *others = _RENDER[shown.event](shown.data, lang)
    mark = tr("[DRILL] ", lang) if drill or shown.data.get("exercise") else ""
    return [f"{mark}{clock(now)} {first}", *(f"{mark}  {line}" for line in others)]


def to_json(shown: Shown, now: float) -> str:
    """The same for scripts: event, at, and the event's own fields."""
    line = {"event": shown.event, "at": rfc3339(now)} | shown.data
    return json.dumps(line, ensure_ascii=False)


def clock(at: float) -> str:
    """Time of day in the township."""
    moment = datetime.fromtimestamp(at, UTC) + timedelta(hours=UTC_OFFSET_H)
    return moment.strftime("%H:%M:%S")


def _order(data: Data, lang: str) -> list[str]:
    if data["state"] == "withdrawn":
        return _withdrawn(data, lang)
    if data["state"] == "updated" and not data["new"]:
        title = tr("==== Order {order_id} changed, revision {rev} ====", lang)
    else:
        title = tr("==== New order {order_id}, revision {rev} ====", lang)
    return [title.format(**data), *_order_body(data, lang), *_order_ask(data, lang)]


def _withdrawn(data: Data, lang: str) -> list[str]:
    lines = [tr("==== Order {order_id} WITHDRAWN: stop, do not go ====", lang).format(**data)]
    return lines + [tr("Place: {place}", lang).format(**data)] * bool(data["place"]) + _text(data)


def _text(data: Data) -> list[str]:
    return [data["text"]] if data["text"] else []


def _order_body(data: Data, lang: str) -> list[str]:
    lines = [tr("!! DANGER: {hazard}", lang).format(hazard=hazard) for hazard in data["hazards"]]
    lines.append(_task(data, lang))
    lines.append(tr("Place: {place}", lang).format(place=_where(data, lang)))
    lines += _text(data)
    if data["others"]:
        lines.append(tr("Also sent: {others}", lang).format(others=", ".join(data["others"])))
    if data["contact"] not in ("", "post"):
        lines.append(tr("Contact: {contact}", lang).format(contact=data["contact"]))
    return lines


def _task(data: Data, lang: str) -> str:
    kind = _word(KIND_WORDS, data["kind"], lang)
    task = tr("Task: {kind}, priority {priority}, as {role}", lang)
    role = _word(ROLE_WORDS, data["role"], lang)
    return task.format(kind=kind, priority=data["priority"], role=role)


def _where(data: Data, lang: str) -> str:
    place: str = data["place"] or tr("not named", lang)
    if data["position"] is None:
        return place
    lon, lat = data["position"]
    return f"{place} ({lon:.5f}, {lat:.5f})"


def _order_ask(data: Data, lang: str) -> list[str]:
    short = data["order_id"].rpartition("-")[2]
    if not data["asks"]:
        return []
    if data["late"]:
        return [tr("This offer has EXPIRED; ask the post before going", lang)]
    lines = []
    if data["reply_within_s"] is not None:
        lines.append(_deadline(data, lang))
    hint = tr("Answer: accept {short}   or: decline {short} and why", lang)
    lines.append(hint.format(short=short))
    return lines


def _deadline(data: Data, lang: str) -> str:
    seconds = round(data["reply_within_s"])
    if data["issued_at"] is None:
        return tr("Answer within {seconds} s", lang).format(seconds=seconds)
    by = clock(data["issued_at"] + data["reply_within_s"])
    return tr("Answer by {time} ({seconds} s)", lang).format(time=by, seconds=seconds)


def _expired(data: Data, lang: str) -> list[str]:
    return [tr("Order {order_id} has EXPIRED without our answer", lang).format(**data)]


def _queued(data: Data, lang: str) -> list[str]:
    lines = [tr("Saying: {what}", lang).format(what=_what(data, lang))]
    warning = VERDICTS.get(data.get("verdict", ""))
    return [*lines, tr(warning, lang)] if warning else lines


def _refused(data: Data, lang: str) -> list[str]:
    why = _word(VERDICTS, data["verdict"], lang)
    line = tr("Not sent: {why}", lang).format(why=why)
    return [f"{line} ({data['order_id']})"]


def _receipt(data: Data, lang: str) -> list[str]:
    line = tr("Post has it: {what}", lang).format(what=_what(data, lang))
    details = [data["incident_id"]]
    if data["outcome"] != "logged":  # that it is written down is all that "has it" says
        details.insert(0, _word(OUTCOMES, data["outcome"], lang))
    return [" ".join([line, *(f"({detail})" for detail in details if detail)])]


def _rejected(data: Data, lang: str) -> list[str]:
    line = tr("REFUSED by the post: {what}. Reason: {reason}", lang)
    reason = data["reason"] or tr("none given", lang)
    return [line.format(what=_what(data, lang), reason=reason)]


def _news(data: Data, lang: str) -> list[str]:
    said = " ".join(part for part in (data["step"], data["text"], data["incident_id"]) if part)
    return [tr("News of {what}: {said}", lang).format(what=_what(data, lang), said=said)]


def _what(data: Data, lang: str) -> str:
    """One of our own messages, in a few words."""
    text = f" {data['text']}" if data.get("text") else ""
    match data["message"]:
        case "reply":
            said = _word(ANSWERS, data["status"] or "", lang)
            return f"{said} {data['order_id']}{text}"
        case "duty":
            return tr("on duty", lang) if data["on"] else tr("off duty", lang)
        case "request":
            need = _word(NEED_WORDS, data["need"], lang)
            return tr("need {need}", lang).format(need=need) + text
    kind = _word(KIND_WORDS, data["kind"], lang)
    place = f" {data['place']}" if data.get("place") else ""
    return tr("report {kind}", lang).format(kind=kind) + place + text


def _word(words: dict[str, str], key: str, lang: str) -> str:
    # Only words of ours are translated; anything else is shown as it came.
    return tr(words[key], lang) if key in words else key


def _notice(data: Data, lang: str) -> list[str]:
    head = tr("**** Notice ({scope}): {text}", lang)
    scope = tr("everybody", lang) if data["scope"] == "all" else data["scope"]
    lines = [head.format(scope=scope, text=data["text"])]
    return lines + [f"{name}: {value}" for name, value in data["fields"].items()]


def _unreadable(data: Data, lang: str) -> list[str]:
    line = tr(
        "!! A message of the post can't be read ({what}: {detail}). Telephone the post!", lang
    )
    return [line.format(**data)]


def _journal(data: Data, lang: str) -> list[str]:
    lines = _orders(data, lang)
    if data["unreceipted"]:
        line = tr("{n} messages have no receipt yet and go again", lang)
        lines.append(line.format(n=data["unreceipted"]))
    return lines


def _orders(data: Data, lang: str) -> list[str]:
    if not data["orders"]:
        return [tr("No open orders", lang)]
    lines = [tr("Open orders: {n}", lang).format(n=len(data["orders"]))]
    for order in data["orders"]:
        lines += _order_line(order, lang)
    return lines


def _order_line(order: Data, lang: str) -> list[str]:
    mark = tr("[DRILL] ", lang) if order["exercise"] else ""
    answer = _answered(order, lang)
    kind = _word(KIND_WORDS, order["kind"], lang)
    line = f"{mark}{order['order_id']} [{answer}] {kind} {_where(order, lang)}"
    dangers = [tr("!! DANGER: {hazard}", lang).format(hazard=one) for one in order["hazards"]]
    return [line, *(f"  {mark}{text}" for text in (*dangers, *_text(order)))]


def _answered(order: Data, lang: str) -> str:
    if order["expired"]:
        return tr("expired", lang)
    if order["answer"] == "received":
        return tr("not answered yet", lang)
    return _word(ANSWERS, order["answer"], lang)


def _link(data: Data, lang: str) -> list[str]:
    match data["state"]:
        case "up":
            return [tr("Connected to {server}", lang).format(**data)]
        case "back":
            return [tr("Connection is back", lang)]
        case "failed":
            return [tr("No connection to {server}: {reason}; trying on", lang).format(**data)]
        case "rival":
            line = tr("Connection lost again and again: is another handheld of {unit} on?", lang)
            return [line.format(**data), tr("Give each one its own --device", lang)]
    return [tr("Connection lost; orders and messages are kept", lang)]


def _post(data: Data, lang: str) -> list[str]:
    if data["online"]:
        return [tr("Command post is online", lang)]
    return [tr("COMMAND POST IS OFFLINE: telephone in what matters", lang)]


def _mistake(data: Data, lang: str) -> list[str]:
    lists = {name: " ".join(data.get(name, [])) for name in ("orders", "kinds")}
    return [_word(MISTAKES, data["reason"], lang).format(**(data | lists))]


def _help(_data: Data, lang: str) -> list[str]:
    return tr(HELP, lang).splitlines()


def _damaged(data: Data, lang: str) -> list[str]:
    line = tr("{n} damaged lines of the journal were put aside in {path}", lang)
    return [line.format(**data)]


def _disk(data: Data, lang: str) -> list[str]:
    return [tr("!! DISK FAILS, not kept: {detail}", lang).format(**data)]


def _sent(data: Data, lang: str) -> list[str]:
    if data["sent"]:
        return [tr("Position sent", lang)]
    return [tr("No connection: position not sent, and not kept", lang)]


def _bye(data: Data, lang: str) -> list[str]:
    if not data["unreceipted"]:
        return [tr("Bye; everything is receipted", lang)]
    line = tr("Bye; {n} messages have no receipt: kept, they go at the next start", lang)
    return [line.format(n=data["unreceipted"])]


def _keyboard(_data: Data, lang: str) -> list[str]:
    return [tr("No keyboard: receiving and confirming only", lang)]


_RENDER: dict[str, Callable[[Data, str], list[str]]] = {
    "order": _order,
    "expired": _expired,
    "queued": _queued,
    "refused": _refused,
    "receipt": _receipt,
    "rejected": _rejected,
    "news": _news,
    "notice": _notice,
    "unreadable": _unreadable,
    "journal": _journal,
    "orders": _orders,
    "link": _link,
    "post": _post,
    "mistake": _mistake,
    "help": _help,
    "damaged": _damaged,
    "disk": _disk,
    "position": _sent,
    "bye": _bye,
    "no_keyboard": _keyboard,
}
