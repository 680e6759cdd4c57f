"""Sends an e-mail from the address that the platform's operator has set up.

`to`, `cc`, `bcc` and `reply_to` are an address, several with commas between them, or a list; an address may have a name before it
(`Ada Lovelace <ada@example.com>`). At most 50 recipients in all. Give `text`, `html` or both. The subject is one line.

The output is `{message_id}`. When the node is tried again after a time-out, the e-mail may come twice: e-mail has no way to say "once".
"""

from typing import Any

from pydantic import Field, model_validator

from flows.aws.settings import settings
from flows.engine.addresses import AddressList
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Line, Text
from flows.engine.results import NodeFailure, Outcome

_MOST_RECIPIENTS = 50
_MOST_CHARACTERS = 2_000_000

_TEMPORARY = frozenset(
    {
        "TooManyRequestsException",
        "LimitExceededException",
        "ThrottlingException",
        "InternalServiceErrorException",
        "ServiceUnavailable",
    }
)
_MESSAGES = {
    "MessageRejected": "The e-mail service refused the message",
    "MailFromDomainNotVerifiedException": "The operator's sending domain is not verified",
    "AccountSuspendedException": "The operator's e-mail service is suspended",
    "SendingPausedException": "The operator's e-mail service is paused",
    "LimitExceededException": "The operator's daily number of e-mails is used up",
    "TooManyRequestsException": "Too many e-mails at the same time",
}


class EmailParameters(Parameters):
    to: AddressList = Field(description="Who gets it.", min_length=1)
    cc: AddressList = Field([], description="Who gets a copy.")
    bcc: AddressList = Field([], description="Who gets a copy that nobody sees.")
    reply_to: AddressList = Field([], description="Where answers go.", max_length=10)
    subject: Line = Field(description="The subject.", min_length=1, max_length=900)
    text: Text | None = Field(None, description="The message as plain text.", max_length=_MOST_CHARACTERS)
    html: Text | None = Field(None, description="The message as HTML.", max_length=_MOST_CHARACTERS)

    @model_validator(mode="after")
    def _sendable(self) -> "EmailParameters":
        if not self.text and not self.html:
            raise ValueError("give text, html or both")
        if len(self.to) + len(self.cc) + len(self.bcc) > _MOST_RECIPIENTS:
            raise ValueError(f"an e-mail has at most {_MOST_RECIPIENTS} recipients in to, cc and bcc")
        return self


def run(context: NodeContext, parameters: EmailParameters) -> Outcome:
    from botocore.exceptions import BotoCoreError, ClientError

    from flows.aws.clients import client

    sender = settings().email_from
    if not sender:
        raise NodeFailure("NotConfigured", "This platform sends no e-mail: its operator has set no sender address (EMAIL_FROM)")
    try:
        sent = client("sesv2").send_email(FromEmailAddress=sender, **_message(context, parameters))
    except ClientError as error:
        raise _failure(str(error.response.get("Error", {}).get("Code", ""))) from None
    except BotoCoreError:
        raise NodeFailure("EmailError", "The e-mail service does not answer", retryable=True) from None
    return Outcome({"message_id": str(sent["MessageId"])})


def _message(context: NodeContext, parameters: EmailParameters) -> dict[str, Any]:
    bodies = {"Text": parameters.text, "Html": parameters.html}
    destination = {"ToAddresses": parameters.to, "CcAddresses": parameters.cc, "BccAddresses": parameters.bcc}
    return {
        "Destination": {name: addresses for name, addresses in destination.items() if addresses},
        "ReplyToAddresses": parameters.reply_to,
        "Content": {
            "Simple": {
                "Subject": {"Data": parameters.subject, "Charset": "UTF-8"},
                "Body": {name: {"Data": data, "Charset": "UTF-8"} for name, data in bodies.items() if data},
            }
        },
        # So that a bounce can be traced to its run.
        "EmailTags": [{"Name": "execution_id", "Value": context.execution_id}],
    }


def _failure(code: str) -> NodeFailure:
    message = _MESSAGES.get(code, "The e-mail service refused the request")
    # The service's own text can hold addresses of the operator's account: its code says enough.
    return NodeFailure("EmailError", f"{message} ({code or 'no code'})", {"code": code}, retryable=code in _TEMPORARY)


NODE = NodeType(
    type="email",
    title="E-mail",
    description="Sends an e-mail.",
    category="action",
    parameters=EmailParameters,
    run=run,
    effect=True,
    examples=(
        Example(
            {"to": "{{ email }}", "subject": "Order {{ id }}", "text": "Thank you, {{ name }}."},
            {"email": "ada@example.com", "id": 17, "name": "Ada"},
            {"message_id": ...},
            description="A message as plain text.",
        ),
    ),
)
