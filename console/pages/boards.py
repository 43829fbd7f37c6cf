"""All the boards, for the list of pages."""

from __future__ import annotations

from console.pages.alerts import AlertsPage
from console.pages.cameras import CamerasPage
from console.pages.cases import CasesPage
from console.pages.drill import DrillPage
from console.pages.grid import GridPage
from console.pages.handover import HandoverPage
from console.pages.log import LogPage
from console.pages.quarantine import QuarantinePage
from console.pages.shelf import ShelfPage
from console.pages.statistics import StatisticsPage
from console.pages.teams import TeamsPage

BOARDS = (
    TeamsPage, CamerasPage, GridPage, CasesPage, ShelfPage, StatisticsPage, HandoverPage, LogPage,
    QuarantinePage, AlertsPage, DrillPage,
)  # fmt: skip
