"""The main page: the queue, and at 160 columns the detail beside it."""

from __future__ import annotations

from console.page import Page


class MainPage(Page):
    """The queue."""

    name = "main"
