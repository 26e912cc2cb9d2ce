"""AWS::Grafana: Amazon Managed Grafana."""

from __future__ import annotations

import json
from typing import Any

from ..kinds import Context, Kind, changed, kind, pick, without

_RENAMED = {
    "Name": "workspaceName", "Description": "workspaceDescription", "RoleArn": "workspaceRoleArn",
    "DataSources": "workspaceDataSources", "NotificationDestinations": "workspaceNotificationDestinations",
    "OrganizationalUnits": "workspaceOrganizationalUnits",
}
# Taken by calls of their own once the workspace is there.
_APART = ("AuthenticationProviders", "SamlConfiguration", "PluginAdminEnabled", "GrafanaVersion")


def _workspace(c: Context, id: str) -> dict[str, Any]:
    found: dict[str, Any] = c.call("grafana", "describe_workspace", workspaceId=id)["workspace"]
    return found


def _configuration(p: dict[str, Any]) -> str:
    enabled = str(p.get("PluginAdminEnabled", False)).lower() == "true"
    return json.dumps({"plugins": {"pluginAdminEnabled": enabled}})


@kind(
    "AWS::Grafana::Workspace",
    "ClientToken KmsKeyId",
    {
        "Id": lambda c, id, p: id,
        "Endpoint": lambda c, id, p: _workspace(c, id)["endpoint"],
        "GrafanaVersion": lambda c, id, p: _workspace(c, id)["grafanaVersion"],
        "Status": lambda c, id, p: _workspace(c, id)["status"],
    },
)
class Workspace(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = {**without(p, "SamlConfiguration", "PluginAdminEnabled"), "Configuration": _configuration(p)}
        id = str(c.call("grafana", "create_workspace", core, rename=_RENAMED)["workspace"]["id"])
        if "SamlConfiguration" in p:
            self._sign_in(c, id, p)
        return id

    @staticmethod
    def _sign_in(c: Context, id: str, p: dict[str, Any]) -> None:
        core = pick(p, "AuthenticationProviders", "SamlConfiguration")
        c.call("grafana", "update_workspace_authentication", core, workspaceId=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("grafana", "update_workspace", without(p, *_APART), rename=_RENAMED, workspaceId=id)
        if changed(p, old, "AuthenticationProviders", "SamlConfiguration"):
            self._sign_in(c, id, p)
        if changed(p, old, "PluginAdminEnabled", "GrafanaVersion"):
            c.call("grafana", "update_workspace_configuration", pick(p, "GrafanaVersion"), workspaceId=id,
                   configuration=_configuration(p))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("grafana", "delete_workspace", workspaceId=id)
