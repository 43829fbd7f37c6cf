"""A console's command before it is obeyed: texts made harmless, positions in WGS-84. Pure."""

from __future__ import annotations

from command.messages import Command, FrameError, ReportAlarm
from sensors.positions import from_gcj02
from sensors.text import clean

_TEXTS = ("why", "text", "outcome", "caller", "words")


def cleaned(command: Command) -> Command:
    """The command with texts made harmless and its position in WGS-84.

    Raises FrameError where a text that must be there has nothing to read in it.
    """
    fields = type(command).model_fields
    texts = {name: clean(getattr(command, name)) for name in _TEXTS if name in fields}
    for name, text in texts.items():
        if fields[name].is_required() and not text:
            raise FrameError("bad_field", name, command.id)
    changed: Command = command.model_copy(update=texts)
    return _in_wgs84(changed) if isinstance(changed, ReportAlarm) else changed


def _in_wgs84(command: ReportAlarm) -> ReportAlarm:
    point = command.position
    if point is None or point.datum == "wgs84":
        return command
    lon, lat = from_gcj02(point.lon, point.lat)
    there = point.model_copy(update={"lon": lon, "lat": lat, "datum": "wgs84"})
    return command.model_copy(update={"position": there})
