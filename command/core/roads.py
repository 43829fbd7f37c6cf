"""The township's roads as a graph, and what closes them. Pure.

Dijkstra runs from the *incident*: one run prices every unit at once (FIELD.md section 4); every
road may be driven both ways, so the reversed graph is the graph. Rows are kept until a road is
closed or opened; nothing here knows a unit or a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from shapely import LineString, intersects, linestrings, prepare, segmentize
from shapely.ops import unary_union

from command.core.geo import EARTH_M
from command.core.township import Line

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

STEP_DEG = 0.001  # about 100 m: so near is every place of a road to one of its nodes
JOIN_M = 30.0  # ends drawn so near to each other are one road
LEGS = 3  # ways on to the road that are tried
NEAR_NODES, FAR_NODES = 12, 512  # looked at for one on this side of the rivers
WHOLE = 1500  # nodes: so small a graph is known from every node to every other
ROWS_KEPT = 4096  # of distances: the township's own graph fits; an OSM extract's is bounded
REACHES_KEPT, STARTS_KEPT = 1024, 64
PLACES_KEPT = 4096  # whose nearest nodes are known


@dataclass(frozen=True, slots=True)
class Closure:
    """A place where roads cannot be passed: a block closes all, a flood what lies low."""

    lon: float
    lat: float
    radius_m: float
    flood: bool = False


@dataclass(frozen=True, slots=True)
class Legs:
    """From each place on to the road: nodes, and metres of the way there (places x legs)."""

    nodes: Ints
    metres: Floats


@dataclass(frozen=True, slots=True)
class Starts:
    """Where units set out from: degrees, and their ways on to the road."""

    lonlat: Floats
    legs: Legs


@dataclass(slots=True)
class Net:
    """Nodes in metres around `origin`, edges between them. Rows of distances are a cache."""

    origin: tuple[float, float]
    lonlat: Floats  # of the nodes
    nodes: Floats
    ends: Ints  # (edges, 2)
    length: Floats
    low: Flags  # a flood near it closes the edge
    tree: Any
    part: Ints  # which connected part of the graph a node lies in
    water: Any = None  # the rivers; None without any
    closed: frozenset[Closure] = frozenset()
    graph: Any = None
    led_to: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))  # by a road not closed
    unclosed: tuple[Any, dict[int, Floats]] | None = None  # graph and rows while nothing is
    rows: dict[int, Floats] = field(default_factory=dict)
    legs: dict[tuple[float, float], tuple[list[int], list[float]]] = field(default_factory=dict)
    reach: dict[tuple[float, float], Floats] = field(default_factory=dict)
    starts: dict[tuple[tuple[float, float], ...], Starts] = field(default_factory=dict)
    ways: dict[tuple[tuple[float, float], tuple[float, float]], tuple[float, int]] = field(
        default_factory=dict
    )  # metres and code of travel.Pairs
    known: dict[tuple[float, float], tuple[Ints, Floats]] = field(default_factory=dict)

    def flat(self, lonlat: Floats) -> Floats:
        """Degrees to metres around the origin."""
        return _flat(lonlat, self.origin)

    def learn(self, places: Sequence[tuple[float, float]]) -> None:
        """Know the ways from and to these places before anything happens there."""
        self.close(frozenset())
        if places:
            at = self.on_to(places[:PLACES_KEPT], 1.0).nodes
            everywhere = len(self.nodes) <= WHOLE
            self.from_node(range(len(self.nodes)) if everywhere else np.unique(at).tolist())

    def close(self, closures: frozenset[Closure]) -> None:
        """The closures that hold now; what is known of distances is kept for when none does."""
        if self.graph is not None and closures == self.closed:
            return
        if not self.closed and self.graph is not None:
            self.unclosed = (self.graph, self.rows)
        self.closed, self.reach, self.legs, self.starts = closures, {}, {}, {}
        self.ways = {}
        if not closures and self.unclosed is not None:
            self.graph, self.rows = self.unclosed
            return
        shut = np.zeros(len(self.length), np.bool_)
        for closure in closures:
            shut |= self._shut_by(closure)
        a, b = self.ends[~shut].T
        size = len(self.nodes)
        self.led_to = np.zeros(size, np.bool_)
        self.led_to[a] = self.led_to[b] = True
        self.graph = csr_array((self.length[~shut], (a, b)), shape=(size, size))
        self.rows = {}

    def _shut_by(self, closure: Closure) -> Flags:
        """The edges that pass within the radius; of a flood those that lie low."""
        at = self.flat(np.array([[closure.lon, closure.lat]]))[0]
        a, b = self.nodes[self.ends[:, 0]], self.nodes[self.ends[:, 1]]
        along = b - a
        share = np.clip(((at - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-9), 0, 1)
        away = a + share[:, None] * along - at
        shut: Flags = np.hypot(away[:, 0], away[:, 1]) <= closure.radius_m
        return shut & self.low if closure.flood else shut

    def from_node(self, wanted: Collection[int]) -> None:
        """See to it that there is a row for each node: metres to it from every other."""
        missing = sorted(set(wanted) - self.rows.keys())
        if not missing:
            return
        if len(self.rows) + len(missing) > ROWS_KEPT:
            self.rows = {}
            missing = sorted(set(wanted))
        found = dijkstra(self.graph, directed=False, indices=missing)
        self.rows |= dict(zip(missing, found, strict=True))

    def on_to(self, lonlat: Sequence[tuple[float, float]], detour: float) -> Legs:
        """The nearest nodes of each place that a road still leads to: who goes to a block itself
        drives up to it, from either side. What was looked up before is known.
        """
        missing = list(dict.fromkeys(at for at in lonlat if at not in self.known))
        if missing:
            if len(self.known) + len(missing) > PLACES_KEPT:
                self.known, missing = {}, list(dict.fromkeys(lonlat))
            self.known |= dict(zip(missing, self._nearest(np.array(missing)), strict=True))
        nodes = np.array([self.known[at][0] for at in lonlat])
        metres = np.array([self.known[at][1] for at in lonlat])
        if self.closed:
            rows = np.arange(len(nodes))[:, None]
            order = (~self.led_to[nodes]).argsort(axis=1, kind="stable")
            nodes, metres = nodes[rows, order], metres[rows, order]
        return Legs(nodes[:, :LEGS], metres[:, :LEGS] * detour)

    def _nearest(self, lonlat: Floats) -> list[tuple[Ints, Floats]]:
        """Of each place the nearest nodes on its own side of the rivers, and metres to them.

        Where none is, the nearest: then the map lacks a bridge.
        """
        away, at, wet = self._looked_at(lonlat, NEAR_NODES)
        lost: Flags = wet.min(axis=1)
        out = _best(away, at, wet & ~lost[:, None])
        if lost.any() and len(self.nodes) > NEAR_NODES:
            away, at, wet = self._looked_at(lonlat[lost], FAR_NODES)
            found = _best(away, at, wet & ~wet.all(axis=1, keepdims=True))
            for place, one in zip(np.flatnonzero(lost).tolist(), found, strict=True):
                out[place] = one
        return out

    def _looked_at(self, lonlat: Floats, count: int) -> tuple[Floats, Ints, Flags]:
        """So many nearest nodes of each place: metres, which, and whether a river lies between."""
        size = len(lonlat)
        away, at = self.tree.query(self.flat(lonlat), k=min(count, len(self.nodes)))
        away, at = np.reshape(away, (size, -1)), np.reshape(at, (size, -1))
        wet = np.zeros(away.shape, np.bool_)
        if self.water is not None:
            ends = np.stack(np.broadcast_arrays(lonlat[:, None], self.lonlat[at]), axis=2)
            wet |= intersects(self.water, linestrings(ends))
        return away, at, wet

    def leg(self, at: tuple[float, float]) -> tuple[list[int], list[float]]:
        """The nearest nodes of one place, and metres to them."""
        found = self.legs.get(at)
        if found is None:
            if len(self.legs) >= PLACES_KEPT:
                self.legs.clear()
            one = self.on_to((at,), 1.0)
            found = self.legs[at] = (one.nodes[0].tolist(), one.metres[0].tolist())
        return found

    def starting(self, at: tuple[tuple[float, float], ...], detour: float) -> Starts:
        """The ways on to the road from where units stand; mostly they stand where they stood."""
        found = self.starts.get(at)
        if found is None:
            if len(self.starts) >= STARTS_KEPT:
                self.starts.clear()
            found = self.starts[at] = Starts(np.array(at), self.on_to(at, detour))
        return found

    def reaching_one(self, to: tuple[float, float], detour: float) -> Floats:
        """Metres from every node to one place: the row that is kept, and not a copy of it."""
        if to not in self.reach:
            self.reaching((to,), detour)
        return self.reach[to]

    def reaching(self, to: Sequence[tuple[float, float]], detour: float) -> Floats:
        """Metres from every node (columns) to each place (rows), until a road is closed."""
        if len(self.reach) + len(to) > REACHES_KEPT:
            self.reach.clear()
        missing = [place for place in to if place not in self.reach]
        if missing:
            legs = self.on_to(missing, detour)
            self.from_node(dict.fromkeys(legs.nodes.ravel().tolist()))
            for place, nodes, metres in zip(missing, legs.nodes, legs.metres, strict=True):
                ways = [self.rows[n] + m for n, m in zip(nodes.tolist(), metres, strict=True)]
                self.reach[place] = np.minimum.reduce(ways)
        return np.array([self.reach[place] for place in to])

    def joined(self, starts: Legs, targets: Legs) -> Flags:
        """Whether a way leads there while nothing is closed (targets x starts)."""
        same: Flags = self.part[targets.nodes[:, 0]][:, None] == self.part[starts.nodes[:, 0]]
        return same


def _best(away: Floats, at: Ints, wet: Flags) -> list[tuple[Ints, Floats]]:
    """Those of each place that are not wet, nearest first."""
    dry = np.where(wet, np.inf, away)
    order = dry.argsort(axis=1, kind="stable")[:, :NEAR_NODES]
    rows = np.arange(len(away))[:, None]
    return list(zip(at[rows, order], dry[rows, order], strict=True))


def _flat(lonlat: Floats, origin: tuple[float, float]) -> Floats:
    scale = np.radians(1.0) * EARTH_M
    x = (lonlat[:, 0] - origin[0]) * np.cos(np.radians(origin[1])) * scale
    return np.column_stack((x, (lonlat[:, 1] - origin[1]) * scale))


def build(roads: Sequence[Line], rivers: Sequence[Line]) -> Net | None:
    """The graph; None when the township has drawn no road. Roads that cross are joined there."""
    if not roads:
        return None
    points: dict[tuple[float, float], int] = {}
    low: dict[tuple[int, int], bool] = {}  # edges, each once however often it is drawn
    for road, parts in zip(roads, _noded(roads), strict=True):
        for pair in parts:
            a, b = sorted(points.setdefault(point, len(points)) for point in pair)
            low[a, b] = low.get((a, b), True) and road.low
    lonlat = np.array(list(points))
    origin = (float(lonlat[:, 0].mean()), float(lonlat[:, 1].mean()))
    nodes = _flat(lonlat, origin)
    tree = cKDTree(nodes)
    for a, b in sorted(tree.query_pairs(JOIN_M)):
        low.setdefault((a, b), False)
    edges = np.array(list(low), np.intp)
    length = np.hypot(*(nodes[edges[:, 0]] - nodes[edges[:, 1]]).T)
    water = unary_union([LineString(river.path) for river in rivers]) if rivers else None
    prepare(water)
    wet = np.array(list(low.values()), np.bool_) & _crossing(lonlat[edges], water)
    whole = csr_array((np.ones(len(edges)), tuple(edges.T)), shape=(len(nodes), len(nodes)))
    part = connected_components(whole, directed=False)[1]
    return Net(origin, lonlat, nodes, edges, np.maximum(length, 0.1), wet, tree, part, water)


def _noded(roads: Sequence[Line]) -> list[list[tuple[tuple[float, float], tuple[float, float]]]]:
    """Each road as short straight pieces that end wherever another road crosses or begins."""
    lines = [segmentize(LineString(road.path), STEP_DEG) for road in roads]
    whole = unary_union(lines)
    out = []
    for line in lines:
        near = line.buffer(1e-7)
        parts = [part for part in getattr(whole, "geoms", [whole]) if near.covers(part)]
        out.append([pair for part in parts for pair in _pairs(part)])
    return out


def _pairs(line: LineString) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    at = [(round(x, 7), round(y, 7)) for x, y in line.coords]
    return [(a, b) for a, b in pairwise(at) if a != b]


def _crossing(pieces: Floats, water: Any) -> Flags:
    """Which pieces cross a river."""
    if water is None:
        return np.zeros(len(pieces), np.bool_)
    wet: Flags = intersects(water, linestrings(pieces))
    return wet
