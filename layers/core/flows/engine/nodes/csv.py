"""Reads and writes CSV.

* `parse`: the `text` as a list: of objects by the names in the first row, or with `header` false of lists. All cells are texts; with `types` numbers,
  `true`, `false` and empty cells (null) become what they say, except numbers with leading zeros. A cell that is missing at the end of a row is null.
* `build`: the `value`, a list of objects or of lists, as text. `safe` puts a ' before texts that a spreadsheet would run as a formula
  (they begin with = + - @ or a tab). The output is `{text}`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flows.engine import csv_values
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Flag, Text
from flows.engine.results import NodeFailure, Outcome
from flows.engine.work_limit import check_size, limited


class CsvParameters(Parameters):
    operation: Literal["parse", "build"] = Field(description="What is done.")
    text: Text | None = Field(None, description="The CSV that `parse` reads.")
    value: Any = Field(None, description="The list that `build` writes (without it: the input).")
    delimiter: Annotated[str, Field(min_length=1, max_length=1, pattern=r'^[^"\r\n\x00]$')] = Field(
        ",", description="Between cells."
    )
    header: Flag = Field(True, description="The first row holds the names.")
    types: Flag = Field(False, description="`parse`: numbers, booleans and empty cells instead of texts.")
    columns: list[Text] | None = Field(None, description="`build`: the names that are written, in this order.", max_length=1000)
    safe: Flag = Field(True, description="`build`: make formulas harmless.")

    @model_validator(mode="after")
    def _complete(self) -> "CsvParameters":
        if self.operation == "parse" and self.text is None:
            raise ValueError("parse needs text")
        return self


def run(context: NodeContext, parameters: CsvParameters) -> Outcome:
    own = parameters
    try:
        if own.operation == "parse":
            check_size(own.text or "", "text")
            with limited("text"):
                return Outcome(csv_values.parse(own.text or "", delimiter=own.delimiter, header=own.header, types=own.types))
        value = own.value if "value" in own.model_fields_set else context.input
        rows = value if isinstance(value, list) else [] if value is None else [value]
        text = csv_values.build(rows, delimiter=own.delimiter, header=own.header, columns=own.columns, safe=own.safe)
        return Outcome({"text": text})
    except csv_values.CsvError as error:
        raise NodeFailure("InvalidInput", f"{'text' if own.operation == 'parse' else 'value'}: {error}") from None


NODE = NodeType(
    type="csv",
    title="CSV",
    description="Reads and writes CSV.",
    category="data",
    parameters=CsvParameters,
    run=run,
    examples=(
        Example(
            {"operation": "parse", "text": "{{ body }}", "types": True},
            {"body": 'name,age,code\r\n"Lovelace, Ada",36,007\r\nBo,,\r\n'},
            [{"name": "Lovelace, Ada", "age": 36, "code": "007"}, {"name": "Bo", "age": None, "code": None}],
            description="Text as objects.",
        ),
        Example(
            {"operation": "build"},
            [{"name": "Ada", "note": "=1+1", "n": -5}, {"name": "Bo"}],
            {"text": "name,note,n\r\nAda,'=1+1,-5\r\nBo,,\r\n"},
            description="Objects as text.",
        ),
    ),
)
