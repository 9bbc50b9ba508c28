"""RFC 4287 as a RELAX NG grammar, written from the text of its sections 3 and 4 for those elements that feeds have."""

from lxml import etree

_URI = '<data type="anyURI"/>'
_WHEN = (
    '<data type="dateTime"><param name="pattern">'
    r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+\-]\d\d:\d\d)</param></data>"
)
_PERSON = '<element name="name"><text/></element><optional><element name="uri"><ref name="uri"/></element></optional>'
_OF_BOTH = """
<zeroOrMore><element name="author"><ref name="common"/><ref name="person"/></element></zeroOrMore>
<zeroOrMore><element name="category"><ref name="common"/><attribute name="term"/>
  <optional><attribute name="label"/></optional></element></zeroOrMore>
<zeroOrMore><element name="link"><ref name="common"/><attribute name="href"><ref name="uri"/></attribute>
  <optional><attribute name="rel"/></optional>
  <optional><attribute name="type"><data type="string"><param name="pattern">.+/.+</param></data></attribute></optional>
  <optional><attribute name="length"><data type="nonNegativeInteger"/></attribute></optional></element></zeroOrMore>
<zeroOrMore><ref name="foreign"/></zeroOrMore>
"""


def _text(name: str) -> str:
    return (
        f'<element name="{name}"><ref name="common"/><optional><attribute name="type"><choice><value>text</value>'
        "<value>html</value></choice></attribute></optional><text/></element>"
    )


def _element(name: str, definition: str) -> str:
    return f'<element name="{name}"><ref name="common"/><ref name="{definition}"/></element>'


def _optional(inner: str) -> str:
    return f"<optional>{inner}</optional>"


GRAMMAR = f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
 <start><element name="feed"><ref name="common"/><interleave>
  {_element("id", "uri")}{_text("title")}{_element("updated", "when")}
  {_optional(_text("subtitle"))}
  {_optional('<element name="generator"><text/></element>')}
  {_OF_BOTH}
  <zeroOrMore><ref name="entry"/></zeroOrMore>
 </interleave></element></start>
 <define name="entry"><element name="entry"><ref name="common"/><interleave>
  {_element("id", "uri")}{_text("title")}{_element("updated", "when")}
  {_optional(_element("published", "when"))}
  {_optional(_text("summary"))}{_optional(_text("content"))}
  {_optional('<ref name="source"/>')}
  {_OF_BOTH}
 </interleave></element></define>
 <define name="source"><element name="source"><ref name="common"/><interleave>
  {_optional(_element("id", "uri"))}{_optional(_text("title"))}{_optional(_element("updated", "when"))}
  {_OF_BOTH}
 </interleave></element></define>
 <define name="common"><optional><attribute name="xml:lang"><data type="language"/></attribute></optional></define>
 <define name="person"><interleave>{_PERSON}</interleave></define>
 <define name="uri">{_URI}</define>
 <define name="when">{_WHEN}</define>
 <define name="foreign"><element><anyName><except><nsName/></except></anyName>
  <zeroOrMore><attribute><anyName/></attribute></zeroOrMore><text/></element></define>
</grammar>
"""


def atom_grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(GRAMMAR))
