"""Escaping, and a body as HTML, for all formats."""

from html import escape

from services.cli.sample.editions import Printed


def text(value: str) -> str:
    """Escaped for XML and HTML, in content and in attributes."""
    return escape(value)


def body_html(article: Printed) -> str:
    """The paragraphs as HTML."""
    return "\n".join(f"<p>{text(paragraph)}</p>" for paragraph in article.paragraphs)
