"""The pages by name: what `Go("teams")` opens."""

from __future__ import annotations

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

PAGES: Pages = {
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
