"""Words a person reads: gettext, Simplified Chinese first, English second.

Message ids are English; `locale/zh_CN/LC_MESSAGES/fengsui.po` holds the Chinese. `make words`
extracts, merges and compiles; `make check` fails when a translation is missing or stale.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"zh": "zh_CN", "en": "en"}


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation("fengsui", LOCALE, [LANGUAGES.get(lang, "zh_CN")], fallback=True)


def language() -> str:
    """The language asked for by FENGSUI_LANG ("zh" or "en"); Chinese where nothing is said."""
    return "en" if os.environ.get("FENGSUI_LANG", "zh").startswith("en") else "zh"


def _(message: str) -> str:
    """`message` itself: marks, for extraction, words of a table that are translated when shown."""
    return message


def tr(message: str, lang: str | None = None) -> str:
    """`message` (English, the id) in the language asked for. Extracted by the name `_` or `tr`."""
    return _catalogue(lang or language()).gettext(message)
