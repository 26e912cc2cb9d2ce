"""AWS::ApplicationAutoScaling."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, kind, pick, without

AAS = "application-autoscaling"
_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


@kind(
    "AWS::ApplicationAutoScaling::ScalableTarget",
    " ".join(_KEY),
    {"Id": lambda c, id, p: id},
)
class ScalableTarget(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call(AAS, "register_scalable_target", without(p, "ScheduledActions"))
        for action in p.get("ScheduledActions", []):
            c.call(AAS, "put_scheduled_action", {**pick(p, *_KEY), **action})
        return f"{p['ResourceId']}|{p['ScalableDimension']}|{p['ServiceNamespace']}"

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(AAS, "deregister_scalable_target", pick(p, *_KEY))


def _key(p: dict[str, Any]) -> dict[str, Any]:
    """A policy names its target by parts or by the target's Ref."""
    if "ScalingTargetId" in p:
        resource, dimension, namespace = str(p["ScalingTargetId"]).split("|")
        return {"ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}
    return pick(p, *_KEY)


@kind(
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "PolicyName ScalingTargetId " + " ".join(_KEY),
    {"Arn": lambda c, id, p: id},
)
class ScalingPolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "ScalingTargetId")
        return str(c.call(AAS, "put_scaling_policy", {**core, **_key(p)})["PolicyARN"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(AAS, "delete_scaling_policy", {**_key(p), "PolicyName": p["PolicyName"]})
