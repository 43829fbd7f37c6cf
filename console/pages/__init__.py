"""The pages by name: what `Go("teams")` opens."""

from __future__ import annotations

from console.desk import Pages
from console.pages.boards import BOARDS
from console.pages.dispatch import DispatchPage
from console.pages.main import MainPage
from console.pages.map import MapPage

PAGES: Pages = {page.name: page for page in (MainPage, DispatchPage, MapPage, *BOARDS)}
