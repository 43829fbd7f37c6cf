"""plans.toml: run cards and the rules that choose one, checked against who there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from command.core.plans import (
    AlarmRule,
    Choose,
    Family,
    Need,
    Offer,
    Plan,
    Plans,
    Release,
    Rung,
    Where,
)
from command.loading.complaints import Book
from command.loading.fields import Fields, hint
from command.loading.reading import toml_document, toml_line, toml_record, toml_records
from command.loading.rosters import UNIT_ROLES, UNITS, Roster
from sensors.observations import AlarmKind

FILE = "plans.toml"
DAY_S = 86_400.0
ORDER_LIMIT = 16  # characters of a first order, CENTRES.md (a)

FAMILIES = {family.value: family for family in Family}
RELEASES = {release.value: release for release in Release}
OFFERS = {offer.value: offer for offer in Offer}
CHOICES = {choose.value: choose for choose in Choose}
WHERES = {where.value: where for where in Where}
ALARMS = {kind.value: kind.value for kind in AlarmKind}

# Numbers of a plan with their ranges; the defaults are those of `Plan`.
TIMES = {
    "release_after_s": (1, 3600),
    "reply_within_s": (5, 86_400),
    "reply_within_night_s": (5, 86_400),
    "ack_within_s": (5, 86_400),
    "merge_radius_m": (0, 50_000),
    "merge_window_s": (0, 86_400),
    "merge_total_s": (0, 604_800),
    "work_s": (60, 604_800),
}
LASTS = ("ack_lasts_s", 30, 86_400)  # without it, as long as the urgency says
TEXTS = ("kind", "name", "name_en", "family", "priority", "release", "offer")
LISTS = ("needs", "ladder", "season_months", "hazards", "first_orders", "ask")
DEFAULT = Plan("", "", "", Family.EMERGENCY, 3, ())
# A case is no alarm: four working hours to accept, half an hour to be looked at, no bell at night
# (CENTRES.md sections 2 and 3).
CASE_DEFAULTS = {
    "reply_within_s": 14_400.0,
    "reply_within_night_s": 57_600.0,
    "ack_within_s": 1_800.0,
}


def read(book: Book, text: str) -> Plans:
    """All plans and rules of the file."""
    document = toml_document(book, FILE, text)
    if document is None:
        return Plans({}, ())
    top = Fields(book, FILE, toml_record(text, document, ""))
    top.only(["choose", "plan", "rule"])
    plans: dict[str, Plan] = {}
    for fields in _entries(book, text, document, "plan"):
        plan = _plan(fields)
        if plan.kind in plans:
            fields.complain("id_twice", "kind", value=plan.kind, first=FILE)
        plans[plan.kind] = plan
    rules = [(fields, _rule(fields)) for fields in _entries(book, text, document, "rule")]
    for fields, rule in rules:
        if rule.plan and rule.plan not in plans:
            said = hint(rule.plan, plans)
            fields.complain("rule_plan", "plan", alarm=rule.alarm, plan=rule.plan, hint=said)
    _check_rules(book, rules)
    choose = top.choice("choose", CHOICES, Choose.LEAST_COST)
    return Plans(plans, tuple(rule for _, rule in rules), choose)


def _entries(book: Book, text: str, document: dict[str, object], table: str) -> list[Fields]:
    return [Fields(book, FILE, one) for one in toml_records(book, FILE, text, document, table)]


def _plan(fields: Fields) -> Plan:
    fields.only((*TEXTS, *TIMES, LASTS[0], *LISTS))
    kind = fields.ident("kind")
    family = fields.choice("family", FAMILIES, Family.EMERGENCY)
    # Cases go by hand unless the card says otherwise (DESIGN.md section 5).
    release = Release.BY_HAND if family is Family.CASE else Release.AFTER
    return Plan(
        kind=kind,
        name=fields.text("name", needed=True),
        name_en=fields.text("name_en"),
        family=family,
        priority=fields.whole("priority", 1, 5) or 5,
        needs=_needs(fields, kind),
        release=fields.choice("release", RELEASES, release),
        offer=fields.choice("offer", OFFERS, Offer.ONE_BY_ONE),
        season_months=_months(fields),
        hazards=fields.words("hazards", 200),
        first_orders=_orders(fields),
        ask=fields.words("ask"),
        ladder=_ladder(fields, kind, family),
        ack_lasts_s=None if fields.raw(LASTS[0]) is None else fields.number(*LASTS),
        **{key: _time(fields, key, family, *limits) for key, limits in TIMES.items()},
    )


def _time(fields: Fields, key: str, family: Family, low: float, high: float) -> float:
    default: float = getattr(DEFAULT, key)
    if family is Family.CASE:
        default = CASE_DEFAULTS.get(key, default)
    number = fields.number(key, low, high, default)
    return default if number is None else number


def _needs(fields: Fields, kind: str) -> tuple[Need, ...]:
    entries = fields.tables("needs")
    if not entries:
        fields.complain("plan_needs", "needs", plan=kind)
    return tuple(_need(entry) for entry in entries)


def _need(entry: Fields) -> Need:
    entry.only(("role", "quantity", "must", "within_min", "alone", "equipment", "seats"))
    return Need(
        role=entry.text("role", needed=True),
        quantity=entry.whole("quantity", 1, 10_000) or 1,
        must=entry.flag("must", default=True),
        within_min=entry.number("within_min", 1, 1440) or 1,
        alone=entry.flag("alone", default=True),
        equipment=entry.words("equipment"),
        seats=entry.whole("seats", 0, 10_000, 0) or 0,
    )


def _ladder(fields: Fields, kind: str, family: Family) -> tuple[Rung, ...]:
    rungs = fields.tables("ladder")
    if family is Family.CASE and not rungs:
        fields.complain("case_ladder", "ladder", plan=kind)
    out = []
    for rung in rungs:
        rung.only(("role", "days"))
        days = rung.number("days", 0.01, 3650) or 1.0
        out.append(Rung(rung.text("role", needed=True), days * DAY_S))
    return tuple(out)


def _months(fields: Fields) -> tuple[int, ...]:
    value = fields.raw("season_months")
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(month, int) for month in value):
        for month in value:
            if not 1 <= month <= 12:
                where = {"field": "season_months", "value": month, "low": 1, "high": 12}
                fields.complain("number_range", "season_months", **where)
        return tuple(value)
    fields.complain("value_type", "season_months", field="season_months", value=value)
    return ()


def _orders(fields: Fields) -> tuple[str, ...]:
    orders = fields.words("first_orders", 200)
    for order in orders:
        if len(order) > ORDER_LIMIT:
            fields.complain("order_long", "first_orders", count=len(order), value=order)
    return orders


def _rule(fields: Fields) -> AlarmRule:
    fields.only(("alarm", "plan", "where"))
    alarm = fields.text("alarm", needed=True)
    if alarm and alarm not in ALARMS:
        fields.complain("kind_unknown", "alarm", value=alarm, known=", ".join(ALARMS))
    return AlarmRule(
        alarm=alarm,
        plan=fields.text("plan", needed=True),
        where=fields.choice("where", WHERES, Where.ANY),
    )


def _check_rules(book: Book, rules: list[tuple[Fields, AlarmRule]]) -> None:
    """Every alarm kind opens something wherever it happens, and no rule stands behind a catch-all.

    The second would be a card that the officer believes in and that never comes.
    """
    anywhere: set[str] = set()
    for fields, rule in rules:
        if rule.alarm in anywhere:
            fields.complain("rule_dead", alarm=rule.alarm)
        if rule.where is Where.ANY:
            anywhere.add(rule.alarm)
    for kind in AlarmKind:
        if kind.value not in anywhere:
            book.add("rule_missing", FILE, 0, alarm=kind.value)


def check(book: Book, text: str, plans: Plans, roster: Roster) -> None:
    """Whether the musts of every plan can be met at all, and its ladder has somebody on it."""
    ranks = {post.role for post in roster.posts.values()}
    for n, plan in enumerate(plans.plans.values()):
        if roster.units:
            _check_needs(book, partial(toml_line, text, "plan", n, "needs"), plan, roster)
        for item, rung in enumerate(plan.ladder, 1):
            if ranks and rung.role and rung.role not in ranks:
                line = toml_line(text, "plan", n, "ladder", item)
                book.add("ladder_nobody", FILE, line, plan=plan.kind, role=rung.role)


def _check_needs(book: Book, line_of: Callable[[int], int], plan: Plan, roster: Roster) -> None:
    for item, need in enumerate(plan.needs, 1):
        line = line_of(item)
        able = [unit for unit in roster.units.values() if need.role in unit.roles]
        have = sum(unit.members for unit in able)
        said: dict[str, object] = {"plan": plan.kind, "role": need.role}
        if need.must and need.role and not able:
            book.add("role_nobody", FILE, line, **said)
        elif need.must and able and have < need.quantity:
            book.add("role_few", FILE, line, **said, wanted=need.quantity, have=have)


def check_roles(book: Book, plans: Plans, roster: Roster) -> None:
    """A role that is neither in the vocabulary nor in a plan is a slip of the pen."""
    known = set(UNIT_ROLES) | _needed(plans.plans.values())
    for unit in roster.units.values():
        for role in unit.roles:
            if role not in known:
                line = roster.unit_line[unit.id]
                said = {"value": role, "id": unit.id, "hint": hint(role, known)}
                book.add("role_unknown", UNITS, line, **said)


def _needed(plans: Iterable[Plan]) -> set[str]:
    return {need.role for plan in plans for need in plan.needs}
