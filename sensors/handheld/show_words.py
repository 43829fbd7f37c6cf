"""Tables of words for show.py. `_` only marks them for extraction; show.py translates."""

from __future__ import annotations

from sensors.handheld.moves import Verdict


def _(message: str) -> str:
    return message


ANSWERS = {
    "received": _("order received"),
    "accepted": _("order accepted"),
    "declined": _("order declined"),
    "en_route": _("on the way"),
    "on_scene": _("on scene"),
    "done": _("work done"),
}
OUTCOMES = {
    "opened": _("incident opened"),
    "merged": _("joined to an incident"),
    "duplicate": _("had it already"),
}
NEED_WORDS = {
    "water": _("water"),
    "reinforcement": _("reinforcement"),
    "ambulance": _("ambulance"),
    "machinery": _("machinery"),
    "supplies": _("supplies"),
}
# The alarm kinds of the contract and the incident kinds of the run cards.
KIND_WORDS = {
    "smoke": _("smoke"),
    "fire": _("fire"),
    "flood": _("flood"),
    "landslide": _("landslide"),
    "earthquake": _("earthquake"),
    "storm": _("storm"),
    "accident": _("accident"),
    "road_blocked": _("road blocked"),
    "intrusion": _("intrusion"),
    "fight": _("fight"),
    "dispute": _("dispute"),
    "medical": _("medical"),
    "missing_person": _("missing person"),
    "crowd": _("crowd"),
    "sos": _("SOS"),
    "hazard": _("hazard"),
    "environment": _("environment"),
    "facility": _("facility"),
    "service": _("service"),
    "other": _("other matter"),
    "wildfire": _("wildfire"),
    "house_fire": _("house fire"),
    "flash_flood": _("flash flood"),
    "road_accident": _("road accident"),
    "utility": _("utility failure"),
    "work_accident": _("work accident"),
    "crowding": _("crowding"),
    "grid_case": _("grid matter"),
    "camera_fault": _("camera fault"),
}
# What a unit is sent as (needs of the run cards).
ROLE_WORDS = {
    "scout": _("scout"),
    "lead": _("leader on the scene"),
    "crew": _("crew"),
    "evac": _("evacuation"),
    "traffic": _("traffic control"),
    "medic": _("medic"),
    "pump": _("pump"),
    "guard": _("guard"),
    "guide": _("guide"),
    "talk": _("mediator"),
    "contact": _("contact of the family"),
    "video": _("video"),
    "machine": _("machine"),
    "care": _("care"),
    "responsible": _("responsible post"),
}
VERDICTS: dict[str, str] = {
    Verdict.SEND_EXPIRED: _("Careful: this offer has expired; the post may have sent another team"),
    Verdict.SEND_AFTER_DECLINE: _("Careful: we had declined; wait for the word of the post"),
    Verdict.AGAIN: _("said already"),
    Verdict.EARLIER: _("we are further than that"),
    Verdict.FINISHED: _("our work on this order is done"),
    Verdict.WITHDRAWN: _("this order is withdrawn"),
}
MISTAKES = {
    "unknown_command": _("Not understood: {word}. Type help"),
    "position_words": _("Type: pos LONGITUDE LATITUDE, such as pos 107.55 35.28"),
    "position_invalid": _("No such place on earth; longitude first, then latitude"),
    "need_words": _("Type what is needed: need water, need reinforcement, need ambulance"),
    "report_kind": _("Type: report KIND PLACE TEXT. Kinds: {kinds}"),
    "no_such_order": _("No order ends in {order_id}"),
    "ambiguous_order": _("{order_id} fits several orders: {orders}"),
    "no_open_order": _("There is no open order to answer"),
    "not_kept": _("Not sent: the disk fails. Telephone the post"),
}
HELP = _(
    "accept [ID]   take the order\n"
    "decline [ID] WHY   can't go\n"
    "go [ID]   on the way\n"
    "here [ID]   on scene\n"
    "done [ID]   work done\n"
    "pos LON LAT   where we are\n"
    "on / off   on or off duty\n"
    "need WHAT [TEXT]   water, reinforcement, ambulance ...\n"
    "sos [TEXT]   help, at once\n"
    "report KIND [PLACE] TEXT   smoke, fire, accident ...\n"
    "orders   open orders\n"
    "quit\n"
    "Without ID the newest order that fits is meant; the end of an ID is enough."
)
