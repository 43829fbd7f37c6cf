"""The files of an after-action report, by name: two in Markdown, one page. Pure."""

from __future__ import annotations

from simulations.evaluation.chapters import document, title_of
from simulations.evaluation.evaluate import Evaluation
from simulations.evaluation.markdown import as_markdown
from simulations.evaluation.page import as_page


def report_files(evaluation: Evaluation) -> dict[str, str]:
    """report.zh.md, report.en.md, and report.html with both languages."""
    documents = {lang: document(evaluation, lang) for lang in ("zh", "en")}
    title = " / ".join(title_of(evaluation, lang) for lang in documents)
    files = {f"report.{lang}.md": as_markdown(each) for lang, each in documents.items()}
    return files | {"report.html": as_page(title, documents)}
