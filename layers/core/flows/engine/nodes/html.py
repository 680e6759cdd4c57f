"""Takes values out of an HTML document by CSS selectors, or makes it readable text.

* `extract`: for each field what its `selector` finds: the text, or the `attribute` (null where it is not there); the first element (null when there
  is none), or with `all` a list of every one's. The output is an object of the fields.
* `to_text`: the text as a person reads it, without scripts and styles. The output is `{text}`.

A document has at most 5,000,000 characters.
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.html_text import one_line, parsed, readable
from flows.engine.parameter_types import Flag, Text
from flows.engine.results import NodeFailure, Outcome
from flows.engine.work_limit import check_size, limited


class HtmlField(Parameters):
    selector: Text = Field(description="A CSS selector.", min_length=1, max_length=1000)
    attribute: Text | None = Field(None, description="The attribute whose value is taken (without it: the text).", min_length=1)
    all: Flag = Field(False, description="A list of all that it finds.")


class HtmlParameters(Parameters):
    operation: Literal["extract", "to_text"] = Field(description="What is done.")
    html: Text = Field(description="The document.")
    fields: dict[str, HtmlField] = Field({}, description="What `extract` takes, by name.", max_length=100)

    @model_validator(mode="after")
    def _fields_to_extract(self) -> "HtmlParameters":
        if self.operation == "extract" and not self.fields:
            raise ValueError("extract needs fields")
        return self


def run(context: NodeContext, parameters: HtmlParameters) -> Outcome:
    check_size(parameters.html, "html")
    with limited("html"):
        if parameters.operation == "to_text":
            return Outcome({"text": readable(parameters.html)})
        document = parsed(parameters.html)
        return Outcome({name: _extracted(document, name, field) for name, field in parameters.fields.items()})


def _extracted(document: Any, name: str, field: HtmlField) -> Any:
    from soupsieve import SelectorSyntaxError

    try:
        found = document.select(field.selector) if field.all else document.select(field.selector, limit=1)
    except (SelectorSyntaxError, NotImplementedError, ValueError):
        raise NodeFailure("InvalidParameters", f"fields.{name}.selector: is not a CSS selector that can be used here") from None
    values = [_value(element, field.attribute) for element in found]
    return values if field.all else values[0] if values else None


def _value(element: Any, attribute: str | None) -> str | None:
    if attribute is None:
        return one_line(element.get_text())
    value = element.get(attribute.lower())
    return " ".join(value) if isinstance(value, list) else value  # class and the like are lists of words


_PAGE = "<h1>Ink</h1><a class='buy now' href='/a'>Blue</a> <a href='/b'>Red <b>deep</b></a><script>x()</script>"

NODE = NodeType(
    type="html",
    title="HTML",
    description="Takes values out of HTML, or makes text of it.",
    category="data",
    parameters=HtmlParameters,
    run=run,
    examples=(
        Example(
            {
                "operation": "extract",
                "html": "{{ body }}",
                "fields": {
                    "title": {"selector": "h1"},
                    "links": {"selector": "a", "attribute": "href", "all": True},
                    "price": {"selector": ".price"},
                },
            },
            {"body": _PAGE},
            {"title": "Ink", "links": ["/a", "/b"], "price": None},
            description="By selectors.",
        ),
        Example(
            {"operation": "to_text", "html": "{{ body }}"},
            {"body": _PAGE},
            {"text": "Ink\nBlue Red deep"},
            description="As text.",
        ),
    ),
)
