"""What a drill was worth: from the log's events, the scenario and the field's truth. Pure.

    facts.py      events -> incidents and tasks (one unit on one incident), each moment once
    hazards.py    how the field's hazards went, when the drill is over
    truth.py      what the field really does: ways, answers
    phases.py     detect, answer, order, accept, scene against FIELD.md section 1, each with its n
    needs.py      musts of the run cards: on time, late, missed, not judged
    schedules.py  the same needs served by the closest unit, and a bound that knows all beforehand
    cover.py      village-minutes that nobody free could have reached in ten minutes
    work.py       minutes at work of each unit
    overrides.py  what the officer decided otherwise, and the seconds it cost
    standing.py   other norms of FIELD.md section 1: load, cameras, roll calls
    lessons.py    improvements, each with the figure behind it
    evaluate.py   all of these together: START READING HERE

    document.py   a report as blocks; chapters.py, judged.py and pictures.py fill it, with voice.py
    drawing.py    SVG; charts.py and township_map.py draw with it
    markdown.py   the blocks as Markdown; page.py as one HTML page that needs nothing else
    files.py      the files of a report, by name

    variants.py   policies: what is changed in the run cards to compare one with another
    comparing.py  two variants over many seeds: paired differences with intervals

Nothing here reads a clock or a file: the same log gives the same report.
"""
