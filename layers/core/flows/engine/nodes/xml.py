"""Reads and writes XML.

Values follow the convention of xmltodict: an element is its text, or an object when it has attributes (`@name`) or children, with its
own text as `#text`; one that stands more than once is a list (`always_list` names those that always are); an empty one is null. All
texts stay texts. Prefixes of namespaces stay in the names.

* `parse`: the `text` as an object of its root element. Documents with a document type (DTD) are refused.
* `build`: the `value`, an object with one name, as XML. The output is `{text}`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flows.engine import xml_values
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Flag, Text
from flows.engine.results import NodeFailure, Outcome
from flows.engine.work_limit import check_size, limited


class XmlParameters(Parameters):
    operation: Literal["parse", "build"] = Field(description="What is done.")
    text: Text | None = Field(None, description="The XML that `parse` reads.")
    value: Any = Field(None, description="The object that `build` writes (without it: the input).")
    always_list: list[Annotated[str, Field(min_length=1)]] = Field(
        [], description="`parse`: elements that are a list even when they stand once."
    )
    indent: Flag = Field(False, description="`build`: a line for each element.")
    declaration: Flag = Field(True, description="`build`: begin with the XML declaration.")

    @model_validator(mode="after")
    def _complete(self) -> "XmlParameters":
        if self.operation == "parse" and self.text is None:
            raise ValueError("parse needs text")
        return self


def run(context: NodeContext, parameters: XmlParameters) -> Outcome:
    try:
        if parameters.operation == "parse":
            text = parameters.text or ""
            check_size(text, "text")
            with limited("text"):
                return Outcome(xml_values.parse(text, frozenset(parameters.always_list)))
        value = parameters.value if "value" in parameters.model_fields_set else context.input
        with limited("value"):
            return Outcome({"text": xml_values.build(value, indent=parameters.indent, declaration=parameters.declaration)})
    except xml_values.XmlError as error:
        raise NodeFailure("InvalidInput", f"{'text' if parameters.operation == 'parse' else 'value'}: {error}") from None


_ORDER = {"order": {"@id": "7", "line": ["pen", {"@count": "2", "#text": "ink"}], "note": None}}

NODE = NodeType(
    type="xml",
    title="XML",
    description="Reads and writes XML.",
    category="data",
    parameters=XmlParameters,
    run=run,
    examples=(
        Example(
            {"operation": "parse", "text": "{{ body }}"},
            {"body": '<order id="7"><line>pen</line><line count="2">ink</line><note/></order>'},
            _ORDER,
            description="XML as values.",
        ),
        Example(
            {"operation": "build", "declaration": False},
            _ORDER,
            {"text": '<order id="7"><line>pen</line><line count="2">ink</line><note/></order>'},
            description="Values as XML.",
        ),
    ),
)
