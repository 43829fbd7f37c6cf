"""From an alarm to an incident: known before? part of one that runs? or a new one. Pure.

A duplicate never opens a second incident; retained, shelved and drill messages on the live root
open none; an alarm of an unknown source is shown and never dispatched by itself.
"""

from __future__ import annotations

from command.core import events as e
from command.core.attention import second_due
from command.core.geo import distance_m
from command.core.plans import Plan, Release
from command.core.reasons import Reason
from command.core.shelving import broken
from command.core.tables import RUNNING, IncidentState
from command.core.triage import HIGHEST, is_low, triage
from command.core.world import Incident, Report, Taken, World, episodes_of
from sensors.observations import Alarm, Clear, Position

TRUSTED_CLASSES = frozenset({"person"})
PHONE = "console"  # a caller, in the officer's words; reserved, so no device can speak in this name


def taken_before(world: World, source: str, message_id: str, digest: str) -> Taken | None:
    """What became of exactly this message; None when new, or when its id had another body."""
    for taken in world.taken.get(f"{source}/{message_id}", ()):
        if taken.digest == digest:
            return taken
    return None


def episode_key(alarm: Alarm | Clear) -> str:
    """Source, channel and kind of a device that gives no event ids; "" for all others."""
    if alarm.channel is None:
        return ""
    return f"{alarm.source}|{alarm.channel}|{alarm.kind or ''}"


def decide_alarm(world: World, alarm: Alarm, now: float, cause: str) -> list[e.Event]:
    """One alarm: opened, merged, logged, or nothing at all when it is an exact repeat."""
    if taken_before(world, alarm.source, alarm.message_id, alarm.digest):
        return []
    where = _where(world, alarm)
    plan_kind = world.index.plan_for(alarm.kind, where)
    only_logged = _why_only_logged(world, alarm, plan_kind)
    if not plan_kind or only_logged not in {None, Reason.SHELVED}:
        return _log_only(world, alarm, now, cause, only_logged or Reason.NO_PLAN)
    found, why = _correlate(world, alarm, plan_kind, where, now)
    back = broken(world, alarm, found, now, cause) if only_logged else []
    if only_logged and not back:
        return _log_only(world, alarm, now, cause, only_logged)
    if found is not None:
        return [*back, *_merge(world, alarm, found, why, now, cause)]
    return [*back, *_open(world, alarm, plan_kind, where, now, cause)]


def _where(world: World, alarm: Alarm) -> Position | None:
    if alarm.position is not None:
        return alarm.position
    if alarm.place and (centre := world.index.centre(alarm.place)) is not None:
        return centre
    return world.index.homes.get(alarm.source, ("", None))[1]


def _place(world: World, alarm: Alarm, where: Position | None) -> str:
    if alarm.place in world.index.places:
        return alarm.place
    home = world.index.homes.get(alarm.source, ("", None))[0]
    if alarm.position is None and home:
        return home
    return world.index.nearest_place(where) if where is not None else home


def _why_only_logged(world: World, alarm: Alarm, plan_kind: str) -> Reason | None:
    if alarm.retained:
        return Reason.RETAINED
    if alarm.exercise and not world.exercise:
        return Reason.EXERCISE_ON_LIVE
    if f"{alarm.source}|{alarm.kind}" in world.shelf:
        return Reason.SHELVED
    return None if plan_kind else Reason.NO_PLAN


def _received(
    world: World,
    alarm: Alarm,
    now: float,
    cause: str,
    *,
    outcome: str,
    reason: Reason,
    incident: str,
) -> e.AlarmReceived:
    return e.AlarmReceived(
        at=now,
        cause=cause,
        reason=reason,
        source=alarm.source,
        message_id=alarm.message_id,
        digest=alarm.digest,
        outcome=outcome,
        at_source=alarm.at_source,
        clock_quality=alarm.clock_quality.value,
        sealed=alarm.sealed,
        kind=alarm.kind.value,
        severity=alarm.severity.value,
        confidence=alarm.confidence,
        position=alarm.position,
        place=alarm.place,
        text=alarm.text,
        evidence=alarm.evidence,
        incident=incident,
        episode=episode_key(alarm),
        person=source_class(world, alarm.source) == "person",
        source_class=source_class(world, alarm.source),
    )


def source_class(world: World, source: str) -> str:
    """person, camera or sensor; unknown for a source that the township's files do not name."""
    return "person" if source == PHONE else world.index.classes.get(source, "unknown")


def _log_only(world: World, alarm: Alarm, now: float, cause: str, reason: Reason) -> list[e.Event]:
    received = _received(world, alarm, now, cause, outcome="logged", reason=reason, incident="")
    if reason in {Reason.RETAINED, Reason.SHELVED} or already_told(world, reason, alarm.source):
        return [received]
    told = world.ids().next("A")
    alert = e.OfficerAlerted(
        at=now, cause=cause, reason=reason, alert=told, source=alarm.source, text=alarm.text
    )
    return [received, alert]


def already_told(world: World, reason: Reason, source: str, order_id: str = "") -> bool:
    """The same stands before the officer unread: a device that repeats itself fills no list."""
    said = (reason, source, order_id)
    return any(said == (a.reason, a.source, a.order_id) for a in world.alerts.values())


# --- correlation


def _correlate(
    world: World, alarm: Alarm, plan_kind: str, where: Position | None, now: float
) -> tuple[Incident | None, Reason]:
    """The running incident this alarm belongs to, and why; None for a new one."""
    assert world.township is not None
    episode = world.episodes.get(episode_key(alarm))
    if episode is not None:
        incident = world.incidents.get(episode.incident)
        quiet = now - episode.last_at > world.township.limits.episode_quiet_s
        if incident is not None and not episode.armed and not quiet and _takes_news(incident):
            return incident, Reason.SAME_EPISODE
    plan = world.township.plans.plans[plan_kind]
    if plan.merge_window_s <= 0:
        return None, Reason.FIRST_REPORT  # a card that merges nothing
    near = [  # an incident that this source has spoken of before comes first: a split stays split
        (alarm.source not in incident.reports, distance, incident.opened_at, incident.id, incident)
        for incident, distance in _neighbours(world, plan, alarm, where)
        if now - incident.news_at < plan.merge_window_s
        and now - incident.opened_at <= plan.merge_total_s
        and not _would_be_lost(world, alarm, incident)
    ]
    if not near:
        return None, Reason.FIRST_REPORT
    incident = min(near)[4]
    if alarm.source in incident.reports:
        return incident, Reason.SAME_PLACE_AND_KIND
    mine, classes = source_class(world, alarm.source), known_classes(incident)
    unlike = bool(classes) and mine not in {"unknown", *classes}
    return incident, Reason.UNLIKE_SOURCES if unlike else Reason.SAME_PLACE_AND_KIND


def known_classes(incident: Incident) -> set[str]:
    """A stranger's word neither confirms another's nor takes its weight away."""
    return {report.source_class for report in incident.reports.values()} - {"unknown"}


def _would_be_lost(world: World, alarm: Alarm, incident: Incident) -> bool:
    """No team goes by itself to what strangers say: news of our own sources must not end there."""
    known = source_class(world, alarm.source) != "unknown"
    if not known or incident.released_at is not None:
        return False
    return all(report.source_class == "unknown" for report in incident.reports.values())


def _takes_news(incident: Incident) -> bool:
    return incident.state in RUNNING or incident.state is IncidentState.RESOLVED


def _neighbours(
    world: World, plan: Plan, alarm: Alarm, where: Position | None
) -> list[tuple[Incident, float]]:
    place = _place(world, alarm, where) if where is None else ""
    if plan.merge_radius_m <= 0:  # every call is somebody of its own, unless the caller is the same
        return [
            (incident, 0.0)
            for incident_id in world.index.near(plan.kind, place, where, 0.0)
            if alarm.source != PHONE
            and alarm.source in (incident := world.incidents[incident_id]).reports
        ]
    if where is None and not place and source_class(world, alarm.source) != "unknown":
        return []  # two callers who do not say where are not the same; a flood of strangers is
    reach = plan.merge_radius_m + _doubt(alarm.position)
    found = [
        (incident, distance_m(where, incident.position) if where and incident.position else 0.0)
        for incident_id in world.index.near(plan.kind, place, where, reach)
        if (incident := world.incidents[incident_id])
    ]
    return [(incident, distance) for incident, distance in found if distance <= reach]


def _doubt(position: Position | None) -> float:
    """Metres of slack for a source that says how unsure it is; bounded, or one bad fix eats all."""
    if position is None or position.accuracy_m is None:
        return 0.0
    return min(position.accuracy_m, 300.0)


def _merge(
    world: World, alarm: Alarm, incident: Incident, why: Reason, now: float, cause: str
) -> list[e.Event]:
    reason = Reason.ID_REUSED if _reused(world, alarm) and why is not Reason.UNLIKE_SOURCES else why
    events: list[e.Event] = [
        _received(world, alarm, now, cause, outcome="merged", reason=reason, incident=incident.id)
    ]
    better = _raised(world, alarm, incident, now, corroborated=why is Reason.UNLIKE_SOURCES)
    if better < incident.priority:
        events.append(
            e.PriorityChanged(
                at=now, cause=cause, reason=why, incident=incident.id, priority=better
            )
        )
    if _sends_now(world, alarm, why) and _waits_for_release(world, incident):
        release = why if why is Reason.UNLIKE_SOURCES else Reason.REPORTED_BY_PERSON
        events.append(e.IncidentReleased(at=now, cause=cause, reason=release, incident=incident.id))
    return events


def _reused(world: World, alarm: Alarm) -> bool:
    return bool(alarm.message_id) and f"{alarm.source}/{alarm.message_id}" in world.taken


def _raised(
    world: World, alarm: Alarm, incident: Incident, now: float, *, corroborated: bool
) -> int:
    """Only ever upwards, and only by something new: the officer may have lowered it."""
    assert world.township is not None
    before = incident.reports.get(alarm.source)
    if incident.priority == HIGHEST or (before is not None and _says_the_same(before, alarm)):
        return incident.priority
    fresh = triage(
        world.township,
        world.plan_of(incident),
        now,
        severity=alarm.severity,
        confidence=alarm.confidence,
        person=source_class(world, alarm.source) == "person",
        corroborated=corroborated,
    )
    return min(incident.priority, fresh.priority)


def _says_the_same(before: Report, alarm: Alarm) -> bool:
    """For triage: a confidence that goes from 0.79 to 0.74 is no news."""
    return before.severity == alarm.severity and is_low(before.confidence) == is_low(
        alarm.confidence
    )


def _sends_now(world: World, alarm: Alarm, why: Reason) -> bool:
    return why is Reason.UNLIKE_SOURCES or source_class(world, alarm.source) in TRUSTED_CLASSES


def _waits_for_release(world: World, incident: Incident) -> bool:
    """A team is recommended, and the countdown runs; one left to the officer's hand stays so."""
    return incident.released_at is None and f"release:{incident.id}" in world.due


# --- opening


def _open(
    world: World, alarm: Alarm, plan_kind: str, where: Position | None, now: float, cause: str
) -> list[e.Event]:
    assert world.township is not None
    plan = world.township.plans.plans[plan_kind]
    found = triage(
        world.township,
        plan,
        now,
        severity=alarm.severity,
        confidence=alarm.confidence,
        person=source_class(world, alarm.source) == "person",
        corroborated=False,
    )
    incident = world.ids().next("I")
    release_due, release = _release(world, alarm, plan, now)
    reason = Reason.ID_REUSED if _reused(world, alarm) else Reason.FIRST_REPORT
    opened = e.IncidentOpened(
        at=now,
        cause=cause,
        reason=reason if source_class(world, alarm.source) != "unknown" else Reason.UNKNOWN_SOURCE,
        incident=incident,
        plan=plan_kind,
        alarm_kind=alarm.kind.value,
        priority=found.priority,
        triage=found.steps,
        place=_place(world, alarm, where),
        position=where,
        text=alarm.text,
        release_due=release_due,
        ack_due=now + plan.ack_within_s,
        second_due=second_due(plan, found.priority, now),
    )
    received = _received(
        world, alarm, now, cause, outcome="opened", reason=reason, incident=incident
    )
    events: list[e.Event] = [opened, received]
    if release is not None:
        events.append(e.IncidentReleased(at=now, cause=cause, reason=release, incident=incident))
    return events


def _release(
    world: World, alarm: Alarm, plan: Plan, now: float
) -> tuple[float | None, Reason | None]:
    """When the team goes: (countdown's end, None), (None, reason for at once) or by hand."""
    kind = source_class(world, alarm.source)
    if plan.release is Release.BY_HAND or kind == "unknown":
        return None, None
    if alarm.kind.value == "sos":
        return None, Reason.SOS_CALL
    if kind in TRUSTED_CLASSES:
        return None, Reason.REPORTED_BY_PERSON
    if plan.release is Release.AT_ONCE:
        return None, Reason.PLAN_AT_ONCE
    return now + plan.release_after_s, None


# --- clears


def decide_clear(world: World, clear: Clear, now: float, cause: str) -> list[e.Event]:
    """Noted on the incident, and the episode armed again. "No longer seen" is not "out"."""
    if clear.message_id and taken_before(world, clear.source, clear.message_id, clear.digest):
        return []
    incident, episode = _cleared(world, clear)
    if not clear.message_id and not incident:
        return []
    return [
        e.AlarmCleared(
            at=now,
            cause=cause,
            reason=Reason.SELF_REPORTED if incident else Reason.NO_OPEN_INCIDENT,
            source=clear.source,
            message_id=clear.message_id,
            digest=clear.digest,
            at_source=clear.at_source,
            clock_quality=clear.clock_quality.value,
            incident=incident,
            episode=episode,
        )
    ]


def _cleared(world: World, clear: Clear) -> tuple[str, str]:
    """The incident and episode a clear speaks of: by alarm id, episode, or source and kind.

    An episode that ends in "|" stands for all that begin with it: every kind of a channel, or
    everything of the source.
    """
    if clear.alarm_id:
        known = world.taken.get(f"{clear.source}/{clear.alarm_id}")
        return (_stands_now_in(world, known[-1].incident, clear.source) if known else ""), ""
    key = episode_key(clear)
    if key:
        running = [v.incident for v in episodes_of(world, key) if not v.armed]
        return (running[-1], key) if running else ("", "")
    all_of_it = f"{clear.source}|" if clear.kind is None else ""
    for incident in reversed(world.incidents.values()):
        report = incident.reports.get(clear.source)
        if report and incident.state in RUNNING and clear.kind in {None, report.kind}:
            return incident.id, all_of_it
    return "", all_of_it


def _stands_now_in(world: World, ident: str, source: str) -> str:
    """The officer may have merged the incident since, or split the source's report from it."""
    incident = world.incidents.get(ident)
    while incident is not None and incident.state is IncidentState.MERGED:
        incident = world.incidents.get(incident.merged_into)
    if incident is None or source in incident.reports:
        return incident.id if incident else ident
    parted = (i.id for i in reversed(world.incidents.values()) if source in i.reports)
    return next(parted, ident)
