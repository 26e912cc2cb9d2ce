"""Custom resources: the function that the stack deployed runs in the local Node and answers by PUT, as on AWS."""

from __future__ import annotations

import json
import uuid
from typing import Any

from .. import settings
from ..functions import run_function
from ..kinds import Context, Kind, KindError, kind
from ..responses import Mailbox
from ..template import TemplateError


@kind("AWS::CloudFormation::CustomResource", "ServiceToken")
class CustomResource(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return self._send(c, "Create", p, {})

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> str | None:  # type: ignore[override]
        return self._send(c, "Update", p, {"PhysicalResourceId": id, "OldResourceProperties": _strings(old)})

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        self._send(c, "Delete", p, {"PhysicalResourceId": id})

    def attribute(self, c: Context, id: str, p: dict[str, Any], name: str) -> Any:
        data = getattr(c, "data", {})
        if name not in data:
            raise TemplateError(f"CustomResource attribute error: Vendor response doesn't contain {name} attribute in "
                                f"object {c.stack_id}|{c.logical_id}")
        return data[name]

    @staticmethod
    def _send(c: Context, request: str, p: dict[str, Any], extra: dict[str, Any]) -> str:
        token = str(p["ServiceToken"])
        with Mailbox() as mailbox:
            event = {
                "RequestType": request,
                "ServiceToken": token,
                "ResponseURL": f"{settings.endpoint}{mailbox.path}",
                "StackId": c.stack_id,
                "RequestId": str(uuid.uuid4()),
                "LogicalResourceId": c.logical_id,
                "ResourceType": c.type,
                "ResourceProperties": _strings(p),
                **extra,
            }
            outcome = run_function(c.account, token, event)
            answer = mailbox.answer
        if answer is None:
            raise KindError(f"{outcome.problem or 'The function ended without an answer to CloudFormation'}."
                            f" Its log: {outcome.log_tail()}")
        if answer.get("Status") != "SUCCESS":
            raise KindError(f"Received response status [{answer.get('Status')}] from custom resource. Message returned: "
                            f"{answer.get('Reason')} (RequestId: {event['RequestId']})")
        if not answer.get("PhysicalResourceId"):
            raise KindError("Invalid PhysicalResourceId: the answer of a custom resource must name one")
        if len(json.dumps(answer)) > 4096:
            raise KindError("Response object is too long: CloudFormation takes 4096 bytes")
        if request != "Delete":
            c.data = answer.get("Data") or {}  # type: ignore[attr-defined]
        return str(answer["PhysicalResourceId"])


def _strings(value: Any) -> Any:
    """CloudFormation hands every scalar to a function as a string."""
    if isinstance(value, dict):
        return {name: _strings(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_strings(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)
