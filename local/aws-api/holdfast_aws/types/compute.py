"""AWS::ECS."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, changed, kind, pick, without


@kind("AWS::ECS::Cluster", "ClusterName", {"Arn": lambda c, id, p: c.arn("ecs", f"cluster/{id}")})
class Cluster(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("ClusterName", c.name(255))
        rename = {"ClusterSettings": "settings"}
        c.call("ecs", "create_cluster", {**p, "ClusterName": name}, rename=rename)
        return str(name)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        rename = {"ClusterSettings": "settings"}
        c.call("ecs", "update_cluster", pick(p, "ClusterSettings", "Configuration"), rename=rename, cluster=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ecs", "delete_cluster", cluster=id)


@kind("AWS::ECS::ClusterCapacityProviderAssociations", "Cluster")
class ClusterCapacityProviderAssociations(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("ecs", "put_cluster_capacity_providers", p)
        return str(p["Cluster"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(
            "ecs", "put_cluster_capacity_providers",
            cluster=id, capacityProviders=[], defaultCapacityProviderStrategy=[],
        )


@kind(
    "AWS::ECS::TaskDefinition",
    "ContainerDefinitions Cpu Memory Family NetworkMode RequiresCompatibilities ExecutionRoleArn TaskRoleArn Volumes "
    "RuntimePlatform EphemeralStorage PlacementConstraints ProxyConfiguration PidMode IpcMode",
    {"TaskDefinitionArn": lambda c, id, p: id},
)
class TaskDefinition(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call("ecs", "register_task_definition", {"Family": c.name(255), **p})
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("ecs", "tag_resource", {"Tags": p.get("Tags", [])}, resourceArn=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ecs", "deregister_task_definition", taskDefinition=id)


def _cluster(id: str) -> str:
    return id.split("/")[1]


@kind(
    "AWS::ECS::Service",
    "ServiceName Cluster LaunchType SchedulingStrategy Role DeploymentController",
    {"ServiceArn": lambda c, id, p: id, "Name": lambda c, id, p: id.split("/")[-1]},
)
class Service(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("ServiceName", c.name(255))
        # CloudFormation's own rule: one task if the template gives no number.
        desired = p.get("DesiredCount", 1)
        made = c.call("ecs", "create_service", {**p, "ServiceName": name, "DesiredCount": desired})
        return str(made["service"]["serviceArn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        # A number that is not in the template is left as it runs.
        core = without(p, "ServiceName", "Cluster", "LaunchType", "SchedulingStrategy", "Role", "Tags",
                       "DeploymentController", "EnableECSManagedTags", "PropagateTags")
        c.call("ecs", "update_service", core, service=id, cluster=_cluster(id))
        if changed(p, old, "Tags"):
            c.call("ecs", "tag_resource", {"Tags": p.get("Tags", [])}, resourceArn=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ecs", "delete_service", service=id, cluster=_cluster(id), force=True)
