"""The characters of pages."""

import codecs

import pytest

from services.ingest.pages.charset import decode_page

META = b'<meta charset="%s">'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Käse".encode(), None),
        ("Käse".encode(), "text/html; charset=utf-8"),
        ("Käse".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ("Käse".encode("cp1252"), None),
        ("Käse".encode("cp1252"), "text/html; charset=nonsense"),
        (codecs.BOM_UTF8 + "Käse".encode(), "text/html; charset=iso-8859-1"),
        (codecs.BOM_UTF16_LE + "Käse".encode("utf-16-le"), None),
        (META % b"iso-8859-1" + "Käse".encode("cp1252"), None),
        (META % b"utf-16" + "Käse".encode(), None),
        (META % b"base64" + "Käse".encode(), None),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=latin1">' + "Käse".encode("cp1252"),
            "text/html",
        ),
    ],
)
def test_a_page_is_decoded_as_browsers_do(body: bytes, content_type: str | None) -> None:
    assert decode_page(body, content_type).endswith("Käse")


@pytest.mark.parametrize(("label", "codec"), [("gb2312", "gb18030"), ("shift_jis", "cp932"), ("euc-kr", "cp949")])
def test_wider_charsets_stand_in_for_those_that_they_hold(label: str, codec: str) -> None:
    letter = {"gb18030": "镕", "cp932": "①", "cp949": "똠"}[codec]
    assert decode_page(letter.encode(codec), f"text/html; charset={label}") == letter


def test_what_cannot_be_decoded_is_replaced() -> None:
    assert decode_page(b"a\xffb\x00", "text/html; charset=utf-8").startswith("a\ufffdb")
