"""Height, slope and fuel of a township in square cells of 25 m. Pure; drawn once for a drill.

The reference township is synthetic and has no heights: they are made up from its places. Loess
hills: valley floors along the rivers, ridges under the forests, gullies from a few smooth waves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Point, Polygon

from command.core.geo import EARTH_M
from command.core.township import Line, PlaceKind, Ring, Township
from sensors.observations import Position

CELL_M = 25.0
MARGIN_M = 500.0  # a fire may leave the township; past this it is the neighbour's
VALLEY_M, PLATEAU_M, RIDGE_M = 980.0, 120.0, 140.0  # floor above the sea, plateau and ridges on it
RIVER_WIDTH_M, ROAD_WIDTH_M, YARD_M = 30.0, 8.0, 60.0  # what does not burn: half widths, radius
FIELD_SLOPE_DEG = 8.0  # flatter land is ploughed
COARSE, FAR_M = 8, 1e5  # the way to the river is measured at every eighth cell

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]

NO_FUEL, FIELD, SCRUB, FOREST = 0, 1, 2, 3
# (1 + vegetation)(1 + density) of Alexandridis et al. 2008, tables 1 and 2: agricultural and
# sparse, thicket and sparse, pine and normal.
FUEL = np.array([0.0, 0.7 * 0.6, 1.0 * 0.6, 1.4 * 1.0], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Land:
    """Rows go north, columns east, from the south-western corner. Heights in metres."""

    west: float
    south: float
    lon_step: float
    lat_step: float
    height: Floats
    fuel: Codes

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.fuel.shape
        return rows, columns

    def cell(self, position: Position) -> tuple[int, int]:
        """The cell that a position lies in, or the nearest one on the edge."""
        rows, columns = self.shape
        row = math.floor((position.lat - self.south) / self.lat_step)
        column = math.floor((position.lon - self.west) / self.lon_step)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def position(self, row: float, column: float) -> Position:
        """The middle of a cell."""
        lon = self.west + (column + 0.5) * self.lon_step
        return Position(round(lon, 6), round(self.south + (row + 0.5) * self.lat_step, 6))


def draw(township: Township) -> Land:
    """The land of a township."""
    lons, lats = zip(*township.border, strict=True)
    lat_step = math.degrees(CELL_M / EARTH_M)
    lon_step = lat_step / math.cos(math.radians((min(lats) + max(lats)) / 2))
    margin = MARGIN_M / CELL_M
    west, south = min(lons) - margin * lon_step, min(lats) - margin * lat_step
    columns = math.ceil((max(lons) - west) / lon_step + margin)
    rows = math.ceil((max(lats) - south) / lat_step + margin)
    frame = _Frame(west, south, lon_step, lat_step, rows, columns)
    height = _height(frame, township)
    return Land(west, south, lon_step, lat_step, height, _fuel(frame, township, height))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The grid as metres east and north of its corner, in which shapes are measured."""

    west: float
    south: float
    lon_step: float
    lat_step: float
    rows: int
    columns: int

    def metres(self, path: Ring) -> list[tuple[float, float]]:
        return [
            (
                (lon - self.west) / self.lon_step * CELL_M,
                (lat - self.south) / self.lat_step * CELL_M,
            )
            for lon, lat in path
        ]

    def middles(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        east = (np.arange(self.columns) + 0.5) * CELL_M
        north = (np.arange(self.rows) + 0.5) * CELL_M
        wide, high = np.meshgrid(east, north)
        return wide, high


def _height(frame: _Frame, township: Township) -> Floats:
    """Rising from the rivers to a plateau, with ridges under the forests and gullies between."""
    east, north = frame.middles()
    height = np.full(east.shape, VALLEY_M)
    height += PLATEAU_M * np.tanh(_distance(frame, township.rivers) / 1200.0)
    for ring in township.forests:
        wood = Polygon(frame.metres(ring))
        spread = math.sqrt(wood.area / math.pi)
        away = np.hypot(east - wood.centroid.x, north - wood.centroid.y)
        height += RIDGE_M * np.exp(-((away / (1.4 * spread)) ** 2))
    height += 16.0 * np.sin(east / 130.0 + north / 300.0) + 12.0 * np.sin(north / 95.0)
    return height.astype(np.float32)


def _distance(frame: _Frame, lines: tuple[Line, ...]) -> npt.NDArray[np.float64]:
    """Metres to the nearest of `lines`, measured at every eighth cell and drawn smooth between."""
    east, north = frame.middles()
    if not lines:
        return np.full(east.shape, FAR_M)
    whole = shapely.union_all([LineString(frame.metres(line.path)) for line in lines])
    some = np.unique([*range(0, frame.columns, COARSE), frame.columns - 1])
    few = np.unique([*range(0, frame.rows, COARSE), frame.rows - 1])
    coarse = shapely.distance(
        whole, shapely.points(east[np.ix_(few, some)], north[np.ix_(few, some)])
    )
    wide = np.array([np.interp(np.arange(frame.columns), some, row) for row in coarse])
    return np.array([np.interp(np.arange(frame.rows), few, column) for column in wide.T]).T


def _fuel(frame: _Frame, township: Township, height: Floats) -> Codes:
    """Forest, scrub on slopes, fields where it is flat; water, roads and yards do not burn."""
    by_row, by_column = np.gradient(height, CELL_M)
    slope = np.degrees(np.arctan(np.hypot(by_row, by_column)))
    fuel = np.where(slope < FIELD_SLOPE_DEG, FIELD, SCRUB).astype(np.int8)
    east, north = frame.middles()
    for ring in township.forests:
        wood = Polygon(frame.metres(ring))
        shapely.prepare(wood)
        fuel[shapely.contains_xy(wood, east, north)] = FOREST
    homes = tuple((p.lon, p.lat) for p in township.places if p.kind is not PlaceKind.VILLAGE)
    bare = shapely.union_all(
        [LineString(frame.metres(one.path)).buffer(RIVER_WIDTH_M) for one in township.rivers]
        + [LineString(frame.metres(one.path)).buffer(ROAD_WIDTH_M) for one in township.roads]
        + [Point(xy).buffer(YARD_M) for xy in frame.metres(homes)]
    )
    shapely.prepare(bare)
    fuel[shapely.contains_xy(bare, east, north)] = NO_FUEL
    return fuel
