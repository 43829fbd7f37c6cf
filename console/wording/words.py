"""Codes to words: one table a kind of code, (English, which is the message id). Chinese in the .po.

Column words fit the cells of `CELLS` in both languages; a test measures each. Codes come from the
post (`command.core` and the MQTT contract); a test walks its enums and fails on one without words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sensors.words import _

# column -> cells in Chinese, in English
CELLS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "urgency": (2, 4), "kind": (4, 8), "stage": (8, 9), "due": (8, 9), "status": (6, 8),
        "unit_state": (4, 6), "role": (4, 7), "alarm": (4, 8), "grade": (8, 18),
    }
)  # fmt: skip

URGENCY = {1: _("CRIT"), 2: _("HIGH"), 3: _("NORM"), 4: _("LOW")}
URGENCY_MARK = {1: _("Cr"), 2: _("Hi"), 3: _("No"), 4: _("Lo")}
URGENCY_STYLE = {1: "crit", 2: "high", 3: "norm", 4: "low"}

# The run cards of the reference township; another one's come by the name in its own files.
KIND = {
    "wildfire": _("Wildfire"),
    "house_fire": _("Fire"),
    "flash_flood": _("Flood"),
    "landslide": _("Slide"),
    "earthquake": _("Quake"),
    "storm": _("Storm"),
    "road_accident": _("Crash"),
    "road_blocked": _("Blocked"),
    "fight": _("Fight"),
    "missing_person": _("Missing"),
    "medical": _("Medical"),
    "crowding": _("Crowding"),
    "utility": _("Utility"),
    "work_accident": _("Injury"),
    "sos": _("SOS"),
    "grid_case": _("Grid"),
    "dispute": _("Dispute"),
    "service": _("Service"),
    "camera_fault": _("Camera"),
}
# What a device or a caller says it is (contract v1).
ALARM = {
    "smoke": _("smoke"),
    "fire": _("fire"),
    "flood": _("flood"),
    "landslide": _("slide"),
    "earthquake": _("quake"),
    "storm": _("storm"),
    "accident": _("accident"),
    "road_blocked": _("blocked"),
    "intrusion": _("intruder"),
    "fight": _("fight"),
    "dispute": _("dispute"),
    "medical": _("medical"),
    "missing_person": _("missing"),
    "crowd": _("crowd"),
    "sos": _("sos"),
    "hazard": _("hazard"),
    "environment": _("litter"),
    "facility": _("utility"),
    "service": _("service"),
    "other": _("other"),
}
SEVERITY = {
    "unknown": _("unknown severity"),
    "minor": _("minor"),
    "moderate": _("moderate"),
    "severe": _("severe"),
    "extreme": _("extreme"),
}
# What a unit does there, and the posts of a case's ladder.
ROLE = {
    "scout": _("Scout"),
    "lead": _("Lead"),
    "crew": _("Crew"),
    "evac": _("Evac"),
    "pump": _("Pump"),
    "medic": _("Medic"),
    "traffic": _("Traffic"),
    "guard": _("Guard"),
    "care": _("Care"),
    "talk": _("Talk"),
    "machine": _("Machine"),
    "guide": _("Guide"),
    "video": _("Video"),
    "contact": _("Contact"),
    "responsible": _("In hand"),
}
POST = {
    "officer": _("duty officer"),
    "second": _("second line"),
    "leader": _("leader on duty"),
    "grid": _("township grid leader"),
    "vgm": _("village grid manager"),
    "ggh": _("group grid head"),
    "committee": _("mediation committee"),
    "med_centre": _("mediation centre"),
    "svc": _("service centre"),
    "win": _("window"),
}
LEVEL = {  # the level of a case, by the post that is responsible
    "ggh": _("group"),
    "vgm": _("village"),
    "committee": _("village"),
    "win": _("window"),
    "svc": _("centre"),
    "med_centre": _("township"),
    "grid": _("township"),
    "officer": _("township"),
    "leader": _("township"),
}
STAGE = {
    "mayday": _("MAYDAY"),
    "unacknowledged": _("unacked"),
    "lapsed": _("ack over"),
    "nobody": _("no one"),
    "none": _("not sent"),
    "searching": _("seeking"),
    "offered": _("asked"),
    "accepted": _("accepted"),
    "en_route": _("en route"),
    "on_scene": _("on scene"),
    "working": _("at work"),
    "all_done": _("to close"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
    "merged": _("Merged"),
    "false_alarm": _("False"),
}
DUE = {
    "release": _("auto send"),
    "hold": _("held till"),
    "reply": _("reply by"),
    "ack": _("ack by"),
    "ackend": _("look by"),
    "second": _("2nd line"),
    "par": _("PAR by"),
    "arrive": _("there by"),
    "report": _("report by"),
    "rollcall": _("call by"),
    "review": _("look by"),
    "ladder": _("climbs"),
    "case": _("done by"),
    "recheck": _("recheck"),
    "resolve": _("close it"),
    "send": _("send by"),
    "off": _("back at"),
    "": _("no limit"),
}
STATUS = {
    "offered": _("no reply"),
    "received": _("received"),
    "accepted": _("accepted"),
    "en_route": _("en route"),
    "on_scene": _("on scene"),
    "done": _("finished"),
    "declined": _("declined"),
    "expired": _("expired"),
    "withdrawn": _("recalled"),
}
UNIT_STATE = {
    "available": _("free"),
    "committed": _("busy"),
    "unreachable": _("silent"),
    "off_duty": _("off"),
}
CAMERA_STATE = {
    "online": _("online"),
    "fault": _("no picture"),
    "offline": _("cut off"),
    "unknown": _("unknown"),
}
INCIDENT_STATE = {
    "open": _("open"),
    "assigned": _("assigned"),
    "working": _("at work"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
    "merged": _("Merged"),
    "false_alarm": _("False alarm"),
}
ORDER_STATE = {
    "offered": _("offered"),
    "updated": _("updated"),
    "withdrawn": _("withdrawn"),
}
OUTCOME = {  # of an alarm, as its receipt says it
    "opened": _("opened a case:"),
    "merged": _("joined:"),
    "logged": _("logged:"),
    "duplicate": _("came twice:"),
    "rejected": _("rejected:"),
}
GRADE = {
    0: _("not graded"),
    1: _("especially serious"),
    2: _("serious"),
    3: _("fairly serious"),
    4: _("ordinary"),
}
PLAY = {"end": _("at once, for everybody in it")}
RESPONSE = {
    0: _("not activated"),
    1: _("level 1"),
    2: _("level 2"),
    3: _("level 3"),
    4: _("level 4"),
}
BAND = {"quiet": _("CALM"), "busy": _("BUSY"), "flood": _("FLOOD")}
SOURCE_CLASS = {
    "person": _("person"),
    "camera": _("camera"),
    "sensor": _("sensor"),
    "unknown": _("unknown source"),
}
CLOCK_QUALITY = {
    "ok": _("clock right"),
    "naive": _("clock without zone"),
    "unset": _("clock not set"),
    "skewed": _("clock wrong"),
}
NEED = {  # what a team may ask for; handhelds send these, or their own words
    "reinforcement": _("more people"),
    "water": _("water"),
    "ambulance": _("an ambulance"),
    "machinery": _("machinery"),
    "supplies": _("supplies"),
}
WHY_NOT = {
    "off_duty": _("not on duty"),
    "no_members": _("nobody in it"),
    "asked_before": _("asked before"),
    "committed": _("at work elsewhere"),
    "unreachable": _("not heard of"),
    "cost": _("costs more elsewhere"),
    "skill": _("not its work"),
    "equipment": _("lacks the equipment"),
    "seats": _("not enough seats"),
    "alone": _("nobody goes alone"),
    "rest": _("has to rest"),
    "road_closed": _("the road is closed"),
    "flooded_ford": _("the ford is flooded"),
    "no_way": _("no way there"),
}
DO = {
    "acknowledge": _("Acknowledge"),
    "assign": _("Send"),
    "withdraw": _("Withdraw"),
    "note": _("Note"),
    "priority": _("Urgency"),
    "merge": _("Merge"),
    "split": _("Split"),
    "resolve": _("Resolve"),
    "close": _("Close"),
    "reopen": _("Reopen"),
    "false_alarm": _("False alarm"),
    "report_alarm": _("Phone alarm"),
    "shelve": _("Shelve"),
    "unshelve": _("Unshelve"),
    "duty": _("On or off duty"),
    "hold": _("Put off"),
    "hazard": _("Hazard"),
    "grade": _("Grade"),
    "response": _("Response"),
    "reply": _("Reply by radio"),
    "par": _("Accountability"),
    "notice": _("Notice"),
    "handover": _("Hand over"),
    "takeover": _("Take over"),
    "stop_play": _("End the drill"),
    "move": _("Stand by"),
}
