"""Makes HTML or plain text of Markdown (CommonMark, with tables and strikethrough).

The HTML is sanitized: no scripts, no styles, no event handlers, no `javascript:` links, whatever the text holds; HTML inside of the
Markdown is shown as text. The output is `{html}` or `{text}`.
"""

from typing import Any, Literal

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.html_text import readable
from flows.engine.parameter_types import Text
from flows.engine.results import Outcome
from flows.engine.work_limit import check_size, limited


class MarkdownParameters(Parameters):
    operation: Literal["to_html", "to_text"] = Field(description="What is made.")
    text: Text = Field(description="The Markdown.")


def run(context: NodeContext, parameters: MarkdownParameters) -> Outcome:
    check_size(parameters.text, "text")
    with limited("text"):
        html = _html(parameters.text)
        return Outcome({"html": html} if parameters.operation == "to_html" else {"text": readable(html)})


def _html(text: str) -> str:
    import nh3

    return str(nh3.clean(_renderer().render(text), link_rel="noopener noreferrer nofollow"))


def _renderer() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


NODE = NodeType(
    type="markdown",
    title="Markdown",
    description="Makes HTML or plain text of Markdown.",
    category="data",
    parameters=MarkdownParameters,
    run=run,
    examples=(
        Example(
            {"operation": "to_html", "text": "# Hello {{ name }}\n\n**Bold**"},
            {"name": "Ada"},
            {"html": "<h1>Hello Ada</h1>\n<p><strong>Bold</strong></p>\n"},
            description="As HTML.",
        ),
        Example(
            {"operation": "to_text", "text": "# Hello\n\n**Bold** move"},
            None,
            {"text": "Hello\n\nBold move"},
            description="As text.",
        ),
    ),
)
