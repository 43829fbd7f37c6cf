"""What can be wrong in a township's folder, in words that say how to put it right.

Each complaint has a code, what is wrong and what to do. The English is the message id; `describe`
translates it. Values from the files are cleaned before they are shown: a file is outside text.
"""

from __future__ import annotations

from dataclasses import dataclass

from command.errors import ConfigError
from sensors.text import clean
from sensors.words import tr


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: `line` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        """What is wrong, in English."""
        return COMPLAINTS[self.code][0].format(**dict(self.values))

    @property
    def fix(self) -> str:
        """How to put it right, in English."""
        return COMPLAINTS[self.code][1].format(**dict(self.values))


class TownshipError(ConfigError):
    """A township's folder can't be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(describe(problem) for problem in problems))
        self.problems = problems


class Book:
    """The problems of one reading of a folder, in the order in which they were found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, file: str, line: int, **values: object) -> None:
        """Write down one problem, once."""
        shown = tuple((key, clean(str(value), 300)) for key, value in values.items())
        problem = Problem(file, line, code, shown)
        if problem not in self.problems:
            self.problems.append(problem)


def describe(problem: Problem, lang: str | None = None) -> str:
    """`file:line: what - how to put it right`, in the language asked for."""
    what, fix = (tr(text, lang).format(**dict(problem.values)) for text in COMPLAINTS[problem.code])
    return f"{problem.file}:{problem.line}: {what} - {fix}"


def _(message: str) -> str:
    """Mark a message for the translators; it is translated when it is shown."""
    return message


COMPLAINTS: dict[str, tuple[str, str]] = {
    # files
    "folder_missing": (
        _("there is no such folder"),
        _("give the township's folder, the one with township.toml in it"),
    ),
    "file_missing": (
        _("the file is missing"),
        _("put the file back into the folder"),
    ),
    "file_unreadable": (
        _("the file can't be read: {detail}"),
        _("close it in other programs and check who may read it"),
    ),
    "encoding": (
        _("the characters can't be read (byte {byte})"),
        _("save the file again as UTF-8, in Excel: CSV UTF-8"),
    ),
    "csv_syntax": (
        _("the table can't be read: {detail}"),
        _("look for a quotation mark without its pair"),
    ),
    "toml_syntax": (
        _("the line can't be read: {detail}"),
        _("look for a missing quotation mark, equals sign or bracket on this line or just above"),
    ),
    "json_syntax": (
        _("the map file can't be read: {detail}"),
        _("export it again as GeoJSON, or put the comma or bracket right"),
    ),
    # tables and values
    "column_missing": (
        _("the column {column} is missing"),
        _("add the column to the first row"),
    ),
    "column_twice": (
        _("the column {column} is there twice"),
        _("leave one of them"),
    ),
    "cells_extra": (
        _("the row has {count} more cells than the first row has columns"),
        _("separate several entries in one cell with ; and not with a comma"),
    ),
    "table_empty": (
        _("the table has no rows"),
        _("enter at least one"),
    ),
    "value_missing": (
        _("{field} is empty"),
        _("enter a value"),
    ),
    "value_type": (
        _("{field} is not written as it must be: {value}"),
        _("compare with the entries beside it"),
    ),
    "key_unknown": (
        _("{field} is not known here"),
        _("correct the spelling or delete the line{hint}"),
    ),
    "text_dirty": (
        _("{field} is too long or has invisible characters in it"),
        _("type it again, at most {limit} characters"),
    ),
    "number_bad": (
        _("{field} is not a number: {value}"),
        _("enter digits only"),
    ),
    "number_range": (
        _("{field} is {value}, outside {low} to {high}"),
        _("enter a number in that range"),
    ),
    "flag_bad": (
        _("{field} is neither yes nor no: {value}"),
        _("enter yes or no"),
    ),
    "choice_bad": (
        _("{field} is not one of the words known here: {value}"),
        _("use one of: {known}"),
    ),
    "id_bad": (
        _("the id {value} can't be used"),
        _("use 1 to 64 letters, digits, dots, underlines and hyphens; not all, post or console"),
    ),
    "township_id_bad": (
        _("the township's id {value} can't be used"),
        _("use 1 to 32 small letters, digits and hyphens"),
    ),
    "contact_private": (
        _("the contact is a telephone number, and the files go into the log"),
        _("write a radio channel or an extension; numbers belong in the sealed book of the office"),
    ),
    "id_twice": (
        _("the id {value} is used twice, first in {first}"),
        _("give one of them another id"),
    ),
    "name_twice": (
        _("two places are called {value}"),
        _("make the names different, people find places by name"),
    ),
    # positions and the map
    "swapped": (
        _("longitude and latitude are swapped: {lon}, {lat}"),
        _("longitude comes first (about 73 to 135 in China), then latitude"),
    ),
    "position_range": (
        _("the position {lon}, {lat} is nowhere on earth"),
        _("enter longitude -180 to 180 and latitude -90 to 90"),
    ),
    "works_backwards": (
        _("the road is closed until before it is closed"),
        _("put the later time into to"),
    ),
    "position_half": (
        _("only one of longitude and latitude is there"),
        _("enter both or neither"),
    ),
    "place_outside": (
        _("the place {id} lies outside the township"),
        _("correct its position or the border"),
    ),
    "group_elsewhere": (
        _("the group {id} does not lie in its village {village}"),
        _("correct its position or its village"),
    ),
    "camera_outside": (
        _("the camera {id} lies outside the township"),
        _("correct its position or the border"),
    ),
    "layer_unknown": (
        _("the feature's layer is not known: {value}"),
        _("use one of: {known}"),
    ),
    "shape_type": (
        _("the shape of {id} is a {type}"),
        _("draw it as {wanted}"),
    ),
    "shape_empty": (
        _("the shape of {id} has no coordinates"),
        _("draw it again"),
    ),
    "shape_coordinate": (
        _("the shape of {id} has a coordinate that is not two numbers: {value}"),
        _("write it as [longitude, latitude]"),
    ),
    "shape_points": (
        _("the shape of {id} has too few points"),
        _("draw it with at least {least}"),
    ),
    "shape_open": (
        _("the border of {id} does not end where it begins"),
        _("repeat the first point at the end"),
    ),
    "shape_crossed": (
        _("the border of {id} crosses itself at {where}"),
        _("draw it so that it goes round once"),
    ),
    "border_missing": (
        _("there is no border"),
        _("add one feature with the layer border"),
    ),
    "border_twice": (
        _("there is more than one border"),
        _("leave one feature with the layer border"),
    ),
    "area_differs": (
        _("the border encloses {drawn} km2, township.toml says {said}"),
        _("correct the border or area_km2"),
    ),
    "villages_gap": (
        _("the villages cover {share} percent of the township"),
        _("draw their borders so that they neither overlap nor leave gaps"),
    ),
    # who is where
    "village_unknown": (
        _("the village {value} is not in places.geojson"),
        _("correct the id or the name{hint}"),
    ),
    "place_unknown": (
        _("the place {value} is not in places.geojson"),
        _("correct the id or the name{hint}"),
    ),
    "area_unknown": (
        _("the camera's area {value} is not known"),
        _("use the town hall yard, the service hall, the main road, or a village{hint}"),
    ),
    "unit_members": (
        _("the unit {id} has no members"),
        _("enter how many people come, at least 1"),
    ),
    "unit_roles": (
        _("the unit {id} has no roles"),
        _("enter what it can do, for example scout;crew"),
    ),
    "role_unknown": (
        _("the role {value} of unit {id} is neither known nor in any plan"),
        _("correct the word{hint}"),
    ),
    "unit_not_post": (
        _("the unit {id} is a post, but posts.csv has no such post"),
        _("add the post, or correct the id{hint}"),
    ),
    # plans, rules, sources
    "plan_needs": (
        _("the plan {plan} needs nobody"),
        _("enter at least one line under needs"),
    ),
    "role_nobody": (
        _("the plan {plan} must have {role}, and no unit has that role"),
        _("give the role to a unit in units.csv, or set must = false"),
    ),
    "role_few": (
        _("the plan {plan} must have {wanted} {role}, and all units together have {have}"),
        _("lower the number, or give the role to more units"),
    ),
    "case_ladder": (
        _("the plan {plan} is a case and has no ladder"),
        _("enter who is responsible, level by level"),
    ),
    "ladder_nobody": (
        _("the ladder of plan {plan} names {role}, and no post has that role"),
        _("correct the role, or add the post in posts.csv"),
    ),
    "order_long": (
        _("the first order has {count} characters: {value}"),
        _("shorten it to 16, a handheld shows no more in one line"),
    ),
    "rule_plan": (
        _("the rule for {alarm} names the plan {plan}, which is not there"),
        _("correct the plan's name{hint}"),
    ),
    "rule_missing": (
        _("the alarm kind {alarm} has no rule that fits anywhere"),
        _("add a [[rule]] for it without where"),
    ),
    "rule_dead": (
        _("the rule for {alarm} is never reached"),
        _("put it above the rule that fits anywhere"),
    ),
    "kind_unknown": (
        _("the alarm kind {value} is not known"),
        _("use one of: {known}"),
    ),
    "source_twice": (
        _("the address {value} is listed twice for {dialect}"),
        _("leave one of the entries"),
    ),
    "source_camera": (
        _("the camera {value} is not in cameras.csv"),
        _("correct the name{hint}"),
    ),
    "source_unit": (
        _("the unit {value} is not in units.csv"),
        _("correct the name{hint}"),
    ),
    "deveui_bad": (
        _("the address {value} is not a DevEUI"),
        _("enter its 16 hexadecimal digits in small letters"),
    ),
}
