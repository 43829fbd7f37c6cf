"""Why something was decided or refused, in words: every code of the post's reasons. Pure tables."""

from __future__ import annotations

from sensors.words import _

REASON = {
    # taking in an alarm
    "first_report": _("first report"),
    "same_episode": _("the same source goes on"),
    "same_place_and_kind": _("same kind, close by"),
    "unlike_sources": _("two unlike sources agree"),
    "id_reused": _("the device counts from 1 again"),
    "unknown_source": _("unknown source"),
    "exercise_on_live": _("says it is a drill, on the live side"),
    "retained": _("an old message kept by the broker"),
    "shelved": _("shelved"),
    "no_plan": _("no run card fits"),
    "unreadable": _("cannot be read"),
    "poison": _("our own program failed on it"),
    # news of sources and units
    "sign_of_life": _("sign of life"),
    "silence": _("no sign of life"),
    "self_reported": _("it says so itself"),
    "test_alarm": _("a test"),
    "signed_on": _("signed on"),
    "signed_off": _("signed off"),
    "asked_by_team": _("the team asks"),
    "no_open_incident": _("no open incident"),
    # release of the recommended team
    "plan_at_once": _("the run card says at once"),
    "sos_call": _("a call for help"),
    "reported_by_person": _("reported by a person"),
    "countdown_over": _("the countdown ran out"),
    "by_officer": _("the officer ordered it"),
    # offers and their ends
    "nearest_with_role": _("soonest there with this duty"),
    "next_best": _("next best"),
    "responsible_post": _("the post responsible"),
    "unit_answered": _("the unit answered"),
    "implied": _("follows from what it did"),
    "late_but_needed": _("late, but still needed"),
    "late_not_needed": _("late, no longer needed"),
    "older_reply": _("an older reply came later"),
    "repeated_reply": _("said before"),
    "no_change": _("changes nothing"),
    "unknown_order": _("no such order"),
    "not_your_order": _("another unit's order"),
    "withdrawn_meanwhile": _("withdrawn meanwhile"),
    "unit_declined": _("the unit declined"),
    "backed_out": _("the unit backed out"),
    "no_reply": _("no reply in time"),
    "need_filled": _("enough have come"),
    "incident_ended": _("the incident ended"),
    "order_changed": _("the order changed"),
    "received_by_unit": _("the handheld has it"),
    "not_confirmed": _("the handheld did not confirm"),
    "nobody_left": _("nobody left to send"),
    # the officer
    "officer_silent": _("the officer did not answer"),
    "acknowledgement_expired": _("the acknowledgement ran out"),
    "all_units_done": _("all units are done"),
    "overdue": _("overdue"),
    "kept_a_day": _("ended a day ago"),
    # the post itself
    "started": _("the post started"),
    "files_changed": _("the township's files changed"),
    "log_shorter": _("the log is shorter than one seen"),
    "clock_step": _("the clock jumped"),
    "shelf_over": _("the shelf is over"),
    "off_duty_with_order": _("went off duty with an order"),
    "new_hazard": _("a new hazard"),
}

# What an alert asks of the officer, where the bare reason says too little.
ALERT = {
    "unknown_source": _("Alarm from an unknown source {source}: look at it, nothing was sent"),
    "exercise_on_live": _("{source} sends a drill's alarm on the live side: ask them"),
    "no_plan": _("No run card fits an alarm of {source}: decide by hand"),
    "unknown_order": _("{unit} answers to an order that is not known"),
    "not_your_order": _("{unit} answers to another unit's order"),
    "withdrawn_meanwhile": _("{unit} is still on a withdrawn order: call them"),
    "late_not_needed": _("{unit} came late and is no longer needed: tell them"),
    "backed_out": _("{unit} backed out after accepting"),
    "no_reply": _("{unit} did not answer in time"),
    "unit_declined": _("{unit} declined"),
    "nobody_left": _("Nobody left to send: {post}"),
    "officer_silent": _("Not acknowledged in time: {post} is called"),
    "overdue": _("Overdue: now with {post}"),
    "off_duty_with_order": _("{unit} went off duty with an order"),
    "asked_by_team": _("{unit} asks: {text}"),
    "log_shorter": _("The log is shorter than one seen before: check the last orders by radio"),
    "clock_step": _("The post's clock jumped: check it"),
    "poison": _("A fault of our own program; it goes on without: {text}"),
    "silence": _("No sign of life of {unit}{source}"),
}

REFUSAL = {
    "unknown_incident": _("no such incident"),
    "unknown_unit": _("no such unit"),
    "unknown_place": _("no such place"),
    "unknown_alert": _("no such alert"),
    "stale": _("changed meanwhile"),
    "ended": _("already ended: reopen it first"),
    "not_ended": _("still running: resolve it first"),
    "unit_off_duty": _("the unit is off duty"),
    "unit_committed": _("the unit is at work elsewhere"),
    "unit_already_on_it": _("the unit has this order already"),
    "nothing_to_withdraw": _("no order to take back"),
    "same_incident": _("the same incident"),
    "nothing_to_split": _("nothing to split off"),
    "not_shelvable": _("may not be shelved"),
    "shelf_full": _("twelve are shelved already"),
    "why_missing": _("needs a text: say why"),
    "already_released": _("the team has gone already"),
    "already_held": _("was put off once already"),
    "nothing_to_hold": _("does not go by itself"),
    "hazard_known": _("this hazard is known"),
    "too_many_hazards": _("too many hazards"),
    # the feed's own
    "not_allowed": _("your role may not do this"),
    "id_reused": _("this id was used for another command"),
    "bad_field": _("the post does not read this command"),
    "unknown_verb": _("this post does not know the command"),
    "internal": _("the post failed on it"),
}

# The E-number of CONSOLE.md section 4 that belongs to the post's refusal.
E_NUMBER = {
    "unknown_incident": "E4", "unknown_unit": "E4", "unknown_place": "E4", "unknown_alert": "E4",
    "ended": "E5", "not_allowed": "E6", "needs_leader": "E6", "stale": "E7", "why_missing": "E2",
    "unknown_verb": "E11",
}  # fmt: skip

REJECTION = {
    "topic_unknown": _("unknown topic"),
    "topic_reserved": _("only the post may say this"),
    "too_large": _("longer than 64 KiB"),
    "not_utf8": _("not UTF-8"),
    "not_json": _("not JSON"),
    "not_object": _("not a JSON object"),
    "field_missing": _("a field is missing"),
    "field_invalid": _("a field is wrong"),
    "version_unknown": _("unknown version"),
    "position_invalid": _("an impossible position"),
    "source_unmapped": _("a device that no file names"),
    "command_refused": _("a command that was refused"),
    "internal": _("our own program failed on it"),
}
