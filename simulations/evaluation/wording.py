"""Tables of words for the after-action report. `_` only marks them for extraction."""

from __future__ import annotations

from sensors.words import _
from simulations.evaluation.lessons import Point
from simulations.evaluation.needs import Kept
from simulations.evaluation.overrides import Kind
from simulations.evaluation.phases import Phase

PHASES = {
    Phase.DETECT: _("Seen by the device to incident opened"),
    Phase.ANSWER: _("Incident opened to the officer's answer"),
    Phase.ORDER: _("Incident opened to first order"),
    Phase.ACCEPT: _("Order to acceptance"),
    Phase.SCENE: _("First order to first unit on scene"),
    Phase.CREW: _("First order to ten people on scene"),
}
KEPT = {
    Kept.ON_TIME: _("on time"),
    Kept.LATE: _("late"),
    Kept.MISSED: _("not filled in time"),
    Kept.NOT_JUDGED: _("over before it was due"),
}
OVERRIDES = {
    Kind.SENT: _("sent a unit of its own choice"),
    Kind.HELD: _("put the release off"),
    Kind.WITHDRAWN: _("called a unit back"),
}
HAZARDS = {
    "wildfire": _("wildfire"),
    "flood": _("flood"),
    "landslide": _("landslide"),
    "earthquake": _("earthquake"),
    "accident": _("accident"),
    "search": _("search for a missing person"),
}
FIGURES = {
    "hectares": _("hectares burnt"),
    "put_out": _("hectares put out by crews"),
    "highest": _("highest level"),
    "moved": _("households moved"),
    "caught": _("households caught"),
    "prevented": _("things prevented"),
    "swept": _("people swept away"),
    "injured": _("injured"),
    "injured_more": _("injured later"),
    "second_crash": _("second crashes"),
    "too_late": _("injured reached too late"),
    "intensity": _("intensity"),
    "harmed": _("places harmed"),
    "units_there": _("teams that came"),
    "chance": _("chance of having found them"),
    "found": _("found"),
}

# Each says the figure first, then what to look at.
LESSONS = {
    Point.MAYDAY: _(
        "Maydays: {n}. A crew did not answer two roll calls. Talk the roll call through with it."
    ),
    Point.NEED_MISSED: _(
        "{incident} ({plan}): {people} x {role} not there within {limit}. Look at where such teams"
        " are stationed and how many there are."
    ),
    Point.NEED_LATE: _(
        "{incident} ({plan}): {people} x {role} after {took}, {limit} allowed. Look at the time to"
        " answer and at the way."
    ),
    Point.NOBODY: _(
        "Nobody was left as {role} (n={n}). Train or arrange for another unit that can."
    ),
    Point.INJECT: _(
        "Inject {inject}: {n} of {of} expected actions not seen in time. Read its part below."
    ),
    Point.NORM: _("{phase}: {within} of {n} within {limit}; {source} asks for {share}."),
    Point.NOT_OVER: _("{hazard}: not over when the drill ended. Look at who was missing there."),
    Point.ESCALATED: _(
        "Second line or leader called because no officer had answered (n={n}). Look at the duty"
        " roster."
    ),
    Point.SILENT: _(
        "{unit}: {n} of {of} orders without an answer in time. Check handheld, battery and radio."
    ),
    Point.DECLINED: _("{unit}: {n} of {of} orders declined. Take it off duty while it cannot go."),
    Point.ROLL_CALL: _("Roll calls on scene unanswered: {n} ({of} called). Practise the answer."),
    Point.CLOSEST: _(
        "{ratio} times the time of always sending the closest unit (n={n}). Read why in the log."
    ),
    Point.OVERRIDE: _(
        "{incident}: the officer {override} {unit} and it cost {cost}. Talk the reasons through."
    ),
    Point.UNCOVERED: _(
        "{minutes} village-minutes uncovered because teams were away, most in {place}. Plan a"
        " stand-by there."
    ),
    Point.TIRED: _("{unit}: {minutes} minutes without a pause. Plan its relief."),
    Point.LOAD: _(
        "{n} items before the officer in ten minutes; more than {limit} are a flood. Look at what"
        " could be joined or shelved."
    ),
    Point.CAMERAS: _("{n} of {of} cameras silent at once; at most {limit} may be."),
}
