"""AWS::APS: Amazon Managed Prometheus, whose API is called amp."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, pick, tags_changed, without


def _workspace_id(arn: str) -> str:
    return arn.split("/")[1]


def _described(c: Context, id: str) -> dict[str, Any]:
    found: dict[str, Any] = c.call("amp", "describe_workspace", workspaceId=_workspace_id(id))["workspace"]
    return found


def _retag(c: Context, arn: str, p: dict[str, Any], old: dict[str, Any]) -> None:
    wanted, gone = tags_changed(p, old)
    if wanted:
        c.call("amp", "tag_resource", resourceArn=arn, tags={tag["Key"]: tag["Value"] for tag in wanted})
    if gone:
        c.call("amp", "untag_resource", resourceArn=arn, tagKeys=gone)


def _tags(p: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in p.get("Tags", [])}


@kind(
    "AWS::APS::Workspace",
    "KmsKeyArn",
    {
        "Arn": lambda c, id, p: id,
        "WorkspaceId": lambda c, id, p: _workspace_id(id),
        "PrometheusEndpoint": lambda c, id, p: _described(c, id)["prometheusEndpoint"],
    },
)
class Workspace(Kind):
    """One resource of CloudFormation, four of the service."""

    known = ("Alias", "KmsKeyArn", "AlertManagerDefinition", "LoggingConfiguration", "WorkspaceConfiguration", "Tags")

    def create(self, c: Context, p: dict[str, Any]) -> str:
        if without(p, *self.known):
            raise KindError(f"Unknown properties: {sorted(without(p, *self.known))}")
        made = c.call("amp", "create_workspace", pick(p, "Alias", "KmsKeyArn"), tags=_tags(p))
        try:
            self._parts(c, str(made["workspaceId"]), p, {})
        except Exception:
            c.call("amp", "delete_workspace", workspaceId=made["workspaceId"])
            raise
        return str(made["arn"])

    @staticmethod
    def _parts(c: Context, workspace: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "WorkspaceConfiguration"):
            configuration = p.get("WorkspaceConfiguration", {})
            rename = {"LimitsPerLabelSets": "limitsPerLabelSet"}
            c.call("amp", "update_workspace_configuration", configuration, rename=rename, workspaceId=workspace)
        for name, one, update in (
            ("LoggingConfiguration", "logging_configuration", "update_logging_configuration"),
            ("AlertManagerDefinition", "alert_manager_definition", "put_alert_manager_definition"),
        ):
            if not changed(p, old, name):
                continue
            if name not in p:
                c.call("amp", f"delete_{one}", workspaceId=workspace)
                continue
            given = p[name] if isinstance(p[name], dict) else {"data": p[name]}
            c.call("amp", update if name in old else f"create_{one}", given, workspaceId=workspace)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if without(p, *self.known):
            raise KindError(f"Unknown properties: {sorted(without(p, *self.known))}")
        workspace = _workspace_id(id)
        if changed(p, old, "Alias"):
            c.call("amp", "update_workspace_alias", pick(p, "Alias"), workspaceId=workspace)
        self._parts(c, workspace, p, old)
        _retag(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("amp", "delete_workspace", workspaceId=_workspace_id(id))


@kind("AWS::APS::RuleGroupsNamespace", "Name Workspace", {"Arn": lambda c, id, p: id})
class RuleGroupsNamespace(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "Workspace", "Tags")
        workspace = _workspace_id(p["Workspace"])
        made = c.call("amp", "create_rule_groups_namespace", core, workspaceId=workspace, tags=_tags(p))
        return str(made["arn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        core = without(p, "Workspace", "Tags")
        c.call("amp", "put_rule_groups_namespace", core, workspaceId=_workspace_id(p["Workspace"]))
        _retag(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        workspace, name = id.split("/")[1:3]
        c.call("amp", "delete_rule_groups_namespace", workspaceId=workspace, name=name)
