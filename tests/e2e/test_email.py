"""The e-mail node on the deployed stack: its role may send as the operator's sender, and as nobody else."""

from __future__ import annotations

from tests.e2e.runs import node, run
from tests.stack import Api


def test_an_e_mail_is_sent(api: Api) -> None:
    mail = node("mail", "email", to="Ada <ada@example.com>, bo@example.com", subject="Order {{ id }}", text="Thank you")
    execution = run(api, [mail], input={"id": 17})

    assert execution["status"] == "completed", execution["error"]
    assert execution["output"]["message_id"]
