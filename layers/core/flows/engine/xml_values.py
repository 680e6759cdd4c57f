"""XML as JSON values and back, by the convention of the xmltodict package: ``@name`` is an attribute, ``#text`` the text of an element that has
attributes or children, an element that stands more than once is a list, an empty one is null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from flows import strict_json

if TYPE_CHECKING:
    from xml.sax.saxutils import XMLGenerator

MAX_DEPTH = 150
_NAME = re.compile(r"[A-Za-z_\u00c0-\ud7ff][\w.\u00b7-]*(?::[A-Za-z_\u00c0-\ud7ff][\w.\u00b7-]*)?")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlError(ValueError):
    """The text is no XML as we take it, or the value cannot be written as XML."""


def parse(text: str, always_list: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The document as an object of its root element.

    Args:
        text: XML. A document type (DTD) is refused: entities in it grow without bounds, or read files.
        always_list: names of elements that are a list even when they stand once.

    Raises:
        XmlError: broken, with a document type, or too deep.
    """
    from xml.sax import SAXException

    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    builder = _Builder(always_list)
    try:
        # As text, not bytes: an encoding that the text claims to have no longer counts.
        parseString(_without_encoding(text).encode(), builder, forbid_dtd=True)
    except DefusedXmlException:
        raise XmlError("has a document type or entities, which are not taken") from None
    except SAXException as error:
        place = getattr(error, "getLineNumber", lambda: None)()
        raise XmlError(f"is broken XML{f' at line {place}' if place else ''}") from None
    return builder.result


def build(value: Any, *, indent: bool = False, declaration: bool = True) -> str:
    """XML of an object with one name, the root element's.

    Raises:
        XmlError: not one root, a name that no element can have, a character that XML cannot hold.
    """
    from xml.sax.saxutils import XMLGenerator  # takes urllib and TLS with it

    if not isinstance(value, Mapping) or len(value) != 1:
        raise XmlError("must be an object with one name, the root element's")
    out = StringIO()
    writer = XMLGenerator(out, "utf-8", short_empty_elements=True)
    if declaration:
        writer.startDocument()
    name, root = next(iter(value.items()))
    if isinstance(root, list):
        raise XmlError("has a list as its root; there is one root element")
    _write(writer, name, root, "\n" if indent else "", 0)
    return out.getvalue()


def _without_encoding(text: str) -> str:
    return re.sub(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>", "", text.removeprefix("\ufeff"), count=1)


class _Builder(ContentHandler):
    """Makes the values while the parser goes on. Namespaces stay what they are in the text: prefixes, and ``@xmlns`` attributes."""

    def __init__(self, always_list: frozenset[str]) -> None:
        super().__init__()
        self._always_list = always_list
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self.result: dict[str, Any] = {}

    def startElement(self, name: str, attrs: Any) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise XmlError(f"is nested deeper than {MAX_DEPTH} elements")
        self._open.append((name, {f"@{key}": attrs.getValue(key) for key in attrs.getNames()}, []))

    def characters(self, content: str) -> None:
        self._open[-1][2].append(content)

    def endElement(self, name: str) -> None:
        _, members, texts = self._open.pop()
        text = "".join(texts).strip()
        value: Any = members or (text or None)
        if members and text:
            members["#text"] = text
        into = self._open[-1][1] if self._open else self.result
        if name in into:
            if not isinstance(into[name], list):
                into[name] = [into[name]]
            into[name].append(value)
        else:
            into[name] = [value] if name in self._always_list and self._open else value


def _write(writer: XMLGenerator, name: str, value: Any, newline: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise XmlError(f"is nested deeper than {MAX_DEPTH} elements")
    if not _NAME.fullmatch(name):
        raise XmlError(f"has the name {name[:60]!r}, which no element or attribute can have")
    if isinstance(value, list):
        for item in value:
            _write(
                writer, name, [item] if isinstance(item, list) else item, newline, depth + (1 if isinstance(item, list) else 0)
            )
        return
    members = value if isinstance(value, Mapping) else {"#text": value}
    children = [(key, child) for key, child in members.items() if not key.startswith("@") and key != "#text"]
    attributes: dict[str, str] = {key[1:]: _text(child) for key, child in members.items() if key.startswith("@")}
    for attribute in attributes:
        if not _NAME.fullmatch(attribute):
            raise XmlError(f"has the name {attribute[:60]!r}, which no element or attribute can have")
    if newline and depth:
        writer.ignorableWhitespace(newline + "  " * depth)
    writer.startElement(name, AttributesImpl(attributes))
    writer.characters(_text(members.get("#text")))
    for key, child in children:
        _write(writer, key, child, newline, depth + 1)
    if newline and any(child != [] for _, child in children):
        writer.ignorableWhitespace(newline + "  " * depth)
    writer.endElement(name)


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        raise XmlError("has an object or a list where a text must be (in an attribute or #text)")
    text = "" if value is None else value if isinstance(value, str) else strict_json.dumps(value)
    if _ILLEGAL.search(text):
        raise XmlError("holds a control character, which XML cannot hold")
    return text
