"""Why something was decided. Every event carries one; a person reads it in words. Pure."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Named reasons, grouped by the decision that uses them."""

    # taking in an alarm
    FIRST_REPORT = "first_report"
    SAME_EPISODE = "same_episode"
    SAME_PLACE_AND_KIND = "same_place_and_kind"
    UNLIKE_SOURCES = "unlike_sources"  # a second source of another class says the same
    ID_REUSED = "id_reused"  # same id, another body: rebooted cameras count from 1 again
    UNKNOWN_SOURCE = "unknown_source"  # shown, never dispatched by itself
    EXERCISE_ON_LIVE = "exercise_on_live"  # says exercise on the live root: the officer is asked
    RETAINED = "retained"  # a stored message of unknown age never opens an incident
    SHELVED = "shelved"
    NO_PLAN = "no_plan"  # no rule of plans.toml fits
    UNREADABLE = "unreadable"
    POISON = "poison"  # our own code failed on it: kept in quarantine, the next one flows
    # news of sources and units
    SIGN_OF_LIFE = "sign_of_life"
    SILENCE = "silence"
    SELF_REPORTED = "self_reported"
    TEST_ALARM = "test_alarm"
    SIGNED_ON = "signed_on"
    SIGNED_OFF = "signed_off"
    OFF_TIME_OVER = "off_time_over"
    ASKED_BY_TEAM = "asked_by_team"
    NO_OPEN_INCIDENT = "no_open_incident"
    # release of the recommended team
    PLAN_AT_ONCE = "plan_at_once"
    SOS_CALL = "sos_call"
    REPORTED_BY_PERSON = "reported_by_person"
    COUNTDOWN_OVER = "countdown_over"
    BY_OFFICER = "by_officer"
    # offers and their ends
    NEAREST_WITH_ROLE = "nearest_with_role"
    NEXT_BEST = "next_best"
    LEAST_COST = "least_cost"  # not the nearest: what it costs otherwise weighs more
    WAITS_FOR = "waits_for"  # all that fit are at work: one of them will be free
    NOT_WAITED_FOR = "not_waited_for"
    CALLED_OVER = "called_over"  # before its arrival, to something more urgent
    RESPONSIBLE_POST = "responsible_post"
    UNIT_ANSWERED = "unit_answered"
    BY_PHONE = "by_phone"  # said by radio or telephone, entered by the officer
    IMPLIED = "implied"  # on_scene out of offered implies the steps between
    LATE_BUT_NEEDED = "late_but_needed"
    LATE_NOT_NEEDED = "late_not_needed"
    OLDER_REPLY = "older_reply"
    REPEATED_REPLY = "repeated_reply"
    NO_CHANGE = "no_change"
    UNKNOWN_ORDER = "unknown_order"
    NOT_YOUR_ORDER = "not_your_order"
    WITHDRAWN_MEANWHILE = "withdrawn_meanwhile"
    UNIT_DECLINED = "unit_declined"
    BACKED_OUT = "backed_out"  # declined after accepting
    NO_REPLY = "no_reply"
    NEED_FILLED = "need_filled"
    INCIDENT_ENDED = "incident_ended"
    ORDER_CHANGED = "order_changed"
    NEW_HAZARD = "new_hazard"
    RECEIVED_BY_UNIT = "received_by_unit"
    NOT_CONFIRMED = "not_confirmed"  # an offer ran out, or a withdrawal was given up, unconfirmed
    NOBODY_LEFT = "nobody_left"
    # crews on scene
    PAR_DUE = "par_due"
    PAR_MISSED = "par_missed"
    MAYDAY = "mayday"
    # the officer
    OFFICER_SILENT = "officer_silent"
    OFFICER_GONE = "officer_gone"  # the last console of who had it, for a minute
    NO_OFFICER = "no_officer"  # at any console, for a minute: the second line is called
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    ALL_UNITS_DONE = "all_units_done"
    OVERDUE = "overdue"
    KEPT_A_DAY = "kept_a_day"
    HANDOVER = "handover"
    STANDBY = "standby"
    RECKONED = "reckoned"  # where a unit is, from what it was told
    PLAY_STOPPED = "play_stopped"
    ON_THE_AIR = "on_the_air"  # a notice: the broker has it
    # the post itself
    STARTED = "started"
    FILES_CHANGED = "files_changed"
    LOG_SHORTER = "log_shorter"
    CLOCK_STEP = "clock_step"
    SHELF_OVER = "shelf_over"
    SHELF_FASTER = "shelf_faster"
    SHELF_WORSE = "shelf_worse"
    SHELF_CONFIRMED = "shelf_confirmed"
    OFF_DUTY_WITH_ORDER = "off_duty_with_order"


class WhyNot(StrEnum):
    """Why a unit does not go: the hard filters. A unit that is kept away always says which."""

    NONE = ""
    OFF_DUTY = "off_duty"
    NO_MEMBERS = "no_members"
    ASKED_BEFORE = "asked_before"  # it said no, or nothing, or is on it
    COMMITTED = "committed"  # at work elsewhere: it may be waited for
    SKILL = "skill"  # not its role, or not its village's case
    EQUIPMENT = "equipment"
    SEATS = "seats"
    ALONE = "alone"  # one person, where nobody goes as one
    REST = "rest"  # has worked too long without one
    ROAD_CLOSED = "road_closed"
    FLOODED_FORD = "flooded_ford"
    NO_WAY = "no_way"
    # no filters: it might go, and another is better
    UNREACHABLE = "unreachable"
    COST = "cost"


class Refusal(StrEnum):
    """Why a console command was not done; E-numbers of CONSOLE.md section 4 where one fits."""

    UNKNOWN_INCIDENT = "unknown_incident"  # E4
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_ALERT = "unknown_alert"
    STALE = "stale"  # E7: who changed what
    ENDED = "ended"  # E5: reopen it first
    NOT_ENDED = "not_ended"
    UNIT_OFF_DUTY = "unit_off_duty"
    UNTIL_PASSED = "until_passed"
    NEEDS_LEADER = "needs_leader"  # E6
    UNIT_COMMITTED = "unit_committed"
    UNIT_ALREADY_ON_IT = "unit_already_on_it"
    NOTHING_TO_WITHDRAW = "nothing_to_withdraw"
    SAME_INCIDENT = "same_incident"
    NOTHING_TO_SPLIT = "nothing_to_split"
    NOT_SHELVABLE = "not_shelvable"
    SHELF_FULL = "shelf_full"
    WHY_MISSING = "why_missing"
    ALREADY_RELEASED = "already_released"
    ALREADY_HELD = "already_held"
    NOTHING_TO_HOLD = "nothing_to_hold"  # it goes by hand
    HAZARD_KNOWN = "hazard_known"
    TOO_MANY_HAZARDS = "too_many_hazards"
    NO_ORDER = "no_order"
    SAID_BEFORE = "said_before"
    ORDER_OVER = "order_over"
    NOT_ON_SCENE = "not_on_scene"
    PLAY_OVER = "play_over"  # a drill's: it was stopped
    # the handover
    NOT_ON_DUTY = "not_on_duty"
    DIGEST_CHANGED = "digest_changed"
    HANDOVER_BLOCKED = "handover_blocked"
    SAME_OFFICER = "same_officer"
    NOT_SIGNED = "not_signed"
    NOT_ALL_TAKEN = "not_all_taken"
