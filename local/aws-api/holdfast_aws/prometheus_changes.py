"""What moto's Amazon Managed Prometheus lacks: the definition of the alert manager, the configuration of a workspace,
and its key. They are kept as they are given; nothing evaluates a rule and nothing is told here."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.amp import urls
from moto.amp.models import Workspace
from moto.amp.responses import PrometheusServiceResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time

# What a workspace keeps where nobody says for how long.
DEFAULT_RETENTION_DAYS = 150
ACTIVE = {"statusCode": "ACTIVE"}


class NoDefinition(JsonRESTError):
    code = 404

    def __init__(self) -> None:
        super().__init__("ResourceNotFoundException", "The workspace has no alert manager definition")


def _workspace(self: Any) -> Workspace:
    found: Workspace = self.amp_backend.describe_workspace(unquote(self.path).split("/")[2])
    return found


def _definition(workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] | None = getattr(workspace, "holdfast_alert_manager", None)
    if found is None:
        raise NoDefinition()
    return found


def create_alert_manager_definition(self: Any) -> str:
    now = unix_time()
    data = json.loads(self.body)["data"]
    made = {"data": data, "createdAt": now, "modifiedAt": now, "status": ACTIVE}
    setattr(_workspace(self), "holdfast_alert_manager", made)
    return json.dumps({"status": ACTIVE})


def put_alert_manager_definition(self: Any) -> str:
    _definition(_workspace(self)).update(data=json.loads(self.body)["data"], modifiedAt=unix_time())
    return json.dumps({"status": ACTIVE})


def describe_alert_manager_definition(self: Any) -> str:
    return json.dumps({"alertManagerDefinition": _definition(_workspace(self))})


def delete_alert_manager_definition(self: Any) -> str:
    workspace = _workspace(self)
    _definition(workspace)
    setattr(workspace, "holdfast_alert_manager", None)
    return "{}"


def _configuration(workspace: Workspace) -> dict[str, Any]:
    default = {"status": ACTIVE, "retentionPeriodInDays": DEFAULT_RETENTION_DAYS, "limitsPerLabelSet": []}
    return {**default, **getattr(workspace, "holdfast_configuration", {})}


def update_workspace_configuration(self: Any) -> str:
    workspace = _workspace(self)
    given = json.loads(self.body)
    named = {key: given[key] for key in ("retentionPeriodInDays", "limitsPerLabelSet") if key in given}
    setattr(workspace, "holdfast_configuration", {**getattr(workspace, "holdfast_configuration", {}), **named})
    return json.dumps({"status": ACTIVE})


def describe_workspace_configuration(self: Any) -> str:
    return json.dumps({"workspaceConfiguration": _configuration(_workspace(self))})


def keep_key() -> None:
    """moto forgets the key of a workspace."""
    create, to_dict = PrometheusServiceResponse.create_workspace, Workspace.to_dict

    def create_workspace(self: Any) -> str:
        answer = json.loads(create(self))
        key = json.loads(self.body).get("kmsKeyArn")
        if key:
            setattr(self.amp_backend.describe_workspace(answer["workspaceId"]), "holdfast_key", key)
            answer["kmsKeyArn"] = key
        return json.dumps(answer)

    def described(self: Workspace) -> dict[str, Any]:
        key = getattr(self, "holdfast_key", None)
        return {**to_dict(self), **({"kmsKeyArn": key} if key else {})}

    PrometheusServiceResponse.create_workspace = create_workspace  # type: ignore[method-assign]
    Workspace.to_dict = described  # type: ignore[method-assign]


def install() -> None:
    for operation in (
        create_alert_manager_definition, put_alert_manager_definition, describe_alert_manager_definition,
        delete_alert_manager_definition, update_workspace_configuration, describe_workspace_configuration,
    ):
        setattr(PrometheusServiceResponse, operation.__name__, operation)
    for path in ("alertmanager/definition", "configuration"):
        urls.url_paths["{0}/workspaces/(?P<workspace_id>[^/]+)/" + path + "$"] = PrometheusServiceResponse.dispatch
    keep_key()
