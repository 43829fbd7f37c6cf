"""What goes wrong in a drill, and how it answers to those who come: fire, water, earth, people.

    signals.py   what a hazard says and is told: Signal, Crew, Outcome, and the Hazard they meet in
    parts.py     a hazard as it stands in a scenario's file
    land.py      height, slope and fuel of the township in cells of 25 m
    wildfire.py  a fire that spreads from cell to cell, and crews that put its edge out
    rising.py    flash flood and landslide: an intensity over time, and what happens at each level
    quake.py     an earthquake: many things at once
    people.py    the injured of an accident, and a person who is searched for
    make.py      from the part in the file to the hazard

All of it is pure and seeded: time is an argument, and the same seed and crews give the same drill.
"""
