"""The pages by name: what `Go("teams")` opens."""

from __future__ import annotations

from functools import partial

from console.desk import Pages
from console.pages.back import BackPage
from console.pages.boards import BOARDS
from console.pages.detail import DetailPage
from console.pages.dispatch import DispatchPage
from console.pages.find import FindPage
from console.pages.help import HelpPage
from console.pages.main import MainPage
from console.pages.map import MapPage
from console.pages.menu import MenuPage
from console.pages.phone import PhonePage
from console.pages.tour import TourPage

WORK: Pages = {
    page.name: page
    for page in (
        MainPage,
        DetailPage,
        DispatchPage,
        PhonePage,
        MapPage,
        BackPage,
        MenuPage,
        HelpPage,
        FindPage,
        *BOARDS,
    )
}
# The tour's own desk has all pages but the tour: there F1 twice stays with the help.
PAGES: Pages = {**WORK, TourPage.name: partial(TourPage, {**WORK, TourPage.name: HelpPage})}
