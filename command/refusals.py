"""Why a command was not carried out, in words: what is the matter, and what to do."""

from __future__ import annotations

from command.core.commands import Refused
from command.core.reasons import Refusal
from command.messages import CommandResult
from sensors.words import _, tr

# English message ids; {what} and {by} are filled after translation.
SENTENCES: dict[Refusal, str] = {
    Refusal.UNKNOWN_INCIDENT: _("There is no incident {what}."),
    Refusal.UNKNOWN_UNIT: _("There is no unit {what}."),
    Refusal.UNKNOWN_PLACE: _("There is no place {what}."),
    Refusal.UNKNOWN_ALERT: _("There is no alert {what}; perhaps it was read already."),
    Refusal.STALE: _("Changed meanwhile by {by} ({what}). Look again, then decide."),
    Refusal.ENDED: _("Already ended ({what}, by {by}). Reopen it first."),
    Refusal.NOT_ENDED: _("Still running ({what}). Resolve it first."),
    Refusal.UNIT_OFF_DUTY: _("{what} is off duty and cannot be sent."),
    Refusal.UNTIL_PASSED: _("That time has passed already. Until when is {what} off?"),
    Refusal.NEEDS_LEADER: _("The leader on duty orders that. Propose it to them."),
    Refusal.UNIT_COMMITTED: _("{what}: the unit is at work there. Withdraw it first."),
    Refusal.UNIT_ALREADY_ON_IT: _("{what} has this order already."),
    Refusal.NOTHING_TO_WITHDRAW: _("No order of {what} to take back here."),
    Refusal.SAME_INCIDENT: _("That is the same incident."),
    Refusal.NOTHING_TO_SPLIT: _("Nothing of {what} to split off here."),
    Refusal.NOT_SHELVABLE: _("{what} cannot be shelved."),
    Refusal.SHELF_FULL: _("Twelve sources are shelved already. Take one back first."),
    Refusal.WHY_MISSING: _("Say why: this needs a text."),
    Refusal.ALREADY_RELEASED: _("{what} was released already, by {by}. Call teams back instead."),
    Refusal.ALREADY_HELD: _("{what} was put off once already. It goes when its time is over."),
    Refusal.NOTHING_TO_HOLD: _("{what} does not go by itself; there is nothing to put off."),
    Refusal.HAZARD_KNOWN: _("That danger is known already: {what}"),
    Refusal.NO_ORDER: _("{what} has no order here. Assign it first."),
    Refusal.SAID_BEFORE: _("{by} is further already ({what}); nothing was changed."),
    Refusal.ORDER_OVER: _("The order of {by} is over ({what}). Assign the unit again."),
    Refusal.PLAY_OVER: _("This drill is over: nobody is sent any more."),
    Refusal.NOT_ON_SCENE: _("Nobody to count on scene: {what}"),
    Refusal.NOT_ON_DUTY: _("{by} is on duty, and signs the handover."),
    Refusal.DIGEST_CHANGED: _("The content has changed; its digest is {what} now. Look again."),
    Refusal.HANDOVER_BLOCKED: _("Not yet: acknowledge and read the dangers of {what} first."),
    Refusal.SAME_OFFICER: _("{by} cannot take over from themselves. The next officer signs."),
    Refusal.NOT_SIGNED: _("{by} has not signed this handover yet."),
    Refusal.NOT_ALL_TAKEN: _("Take these over by name as well: {what}"),
    Refusal.TOO_MANY_HAZARDS: _("Twenty dangers were added already. Write a note instead."),
}


def refused(refusal: Refused) -> CommandResult:
    """The answer to a command that a rule forbids."""
    by = tr("post") if refusal.by == "post" else refusal.by  # it acts under a code for a name
    words = tr(SENTENCES[refusal.why]).format(what=refusal.what, by=by)
    return CommandResult(ok=False, reason=words, code=refusal.why.value, by=refusal.by)


def internal(quarantine: str) -> CommandResult:
    """The answer to a command that our own code failed on."""
    words = tr("The post failed on this command; it is kept as {what}. This is a fault of ours.")
    return CommandResult(ok=False, reason=words.format(what=quarantine), code="internal")
