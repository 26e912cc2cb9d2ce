"""AWS::ElasticLoadBalancingV2."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, pick, tags_changed, without

V2 = "elbv2"


def _tags(c: Context, arn: str, p: dict[str, Any], old: dict[str, Any]) -> None:
    wanted, removed = tags_changed(p, old)
    if wanted:
        c.call(V2, "add_tags", ResourceArns=[arn], Tags=wanted)
    if removed:
        c.call(V2, "remove_tags", ResourceArns=[arn], TagKeys=removed)


def _balancer(c: Context, id: str) -> dict[str, Any]:
    return c.call(V2, "describe_load_balancers", LoadBalancerArns=[id])["LoadBalancers"][0]


@kind(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "Name Scheme Type",
    {
        "LoadBalancerArn": lambda c, id, p: id,
        "LoadBalancerFullName": lambda c, id, p: id.split("loadbalancer/", 1)[1],
        "LoadBalancerName": lambda c, id, p: _balancer(c, id)["LoadBalancerName"],
        "DNSName": lambda c, id, p: _balancer(c, id)["DNSName"],
        "CanonicalHostedZoneID": lambda c, id, p: _balancer(c, id)["CanonicalHostedZoneId"],
        "SecurityGroups": lambda c, id, p: _balancer(c, id).get("SecurityGroups", []),
    },
)
class LoadBalancer(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "LoadBalancerAttributes", "MinimumLoadBalancerCapacity", "Name")
        made = c.call(V2, "create_load_balancer", {"Name": p.get("Name", c.name(32)), **core})["LoadBalancers"][0]
        arn = str(made["LoadBalancerArn"])
        self._attributes(c, arn, p)
        return arn

    def _attributes(self, c: Context, id: str, p: dict[str, Any]) -> None:
        if p.get("LoadBalancerAttributes"):
            c.call(V2, "modify_load_balancer_attributes", {"Attributes": p["LoadBalancerAttributes"]}, LoadBalancerArn=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "Subnets", "SubnetMappings"):
            c.call(V2, "set_subnets", pick(p, "Subnets", "SubnetMappings"), LoadBalancerArn=id)
        if changed(p, old, "SecurityGroups"):
            c.call(V2, "set_security_groups", pick(p, "SecurityGroups"), LoadBalancerArn=id)
        if changed(p, old, "LoadBalancerAttributes"):
            self._attributes(c, id, p)
        _tags(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_load_balancer", LoadBalancerArn=id)


@kind(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "Name Port Protocol ProtocolVersion VpcId TargetType IpAddressType",
    {
        "TargetGroupArn": lambda c, id, p: id,
        "TargetGroupFullName": lambda c, id, p: id.split(":", 5)[5],
        "TargetGroupName": lambda c, id, p: id.split("/")[1],
        "LoadBalancerArns": lambda c, id, p: c.call(V2, "describe_target_groups", TargetGroupArns=[id])["TargetGroups"][
            0
        ].get("LoadBalancerArns", []),
    },
)
class TargetGroup(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "TargetGroupAttributes", "Targets", "Name")
        made = c.call(V2, "create_target_group", {"Name": p.get("Name", c.name(32)), **core})["TargetGroups"][0]
        arn = str(made["TargetGroupArn"])
        self._attributes(c, arn, p)
        if p.get("Targets"):
            c.call(V2, "register_targets", pick(p, "Targets"), TargetGroupArn=arn)
        return arn

    def _attributes(self, c: Context, id: str, p: dict[str, Any]) -> None:
        if p.get("TargetGroupAttributes"):
            c.call(V2, "modify_target_group_attributes", {"Attributes": p["TargetGroupAttributes"]}, TargetGroupArn=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        health = [name for name in {*p, *old} if name.startswith("HealthCheck") or name.endswith("ThresholdCount")]
        if changed(p, old, "Matcher", *health):
            c.call(V2, "modify_target_group", pick(p, "Matcher", *health), TargetGroupArn=id)
        if changed(p, old, "TargetGroupAttributes"):
            self._attributes(c, id, p)
        _tags(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_target_group", TargetGroupArn=id)


@kind("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", {"ListenerArn": lambda c, id, p: id})
class Listener(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        arn = str(c.call(V2, "create_listener", without(p, "ListenerAttributes"))["Listeners"][0]["ListenerArn"])
        self._attributes(c, arn, p)
        return arn

    def _attributes(self, c: Context, id: str, p: dict[str, Any]) -> None:
        if p.get("ListenerAttributes"):
            c.call(V2, "modify_listener_attributes", {"Attributes": p["ListenerAttributes"]}, ListenerArn=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        core = without(p, "ListenerAttributes", "LoadBalancerArn", "Tags")
        c.call(V2, "modify_listener", core, ListenerArn=id)
        if changed(p, old, "ListenerAttributes"):
            self._attributes(c, id, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_listener", ListenerArn=id)


@kind(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "ListenerArn",
    {"RuleArn": lambda c, id, p: id, "IsDefault": lambda c, id, p: False},
)
class ListenerRule(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call(V2, "create_rule", p)["Rules"][0]["RuleArn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "Conditions", "Actions", "Transforms"):
            c.call(V2, "modify_rule", pick(p, "Conditions", "Actions", "Transforms"), RuleArn=id)
        if changed(p, old, "Priority"):
            c.call(V2, "set_rule_priorities", RulePriorities=[{"RuleArn": id, "Priority": int(p["Priority"])}])
        _tags(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_rule", RuleArn=id)


@kind("AWS::ElasticLoadBalancingV2::ListenerCertificate", "ListenerArn")
class ListenerCertificate(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        if not p.get("Certificates"):
            raise KindError("Certificates must not be empty")
        c.call(V2, "add_listener_certificates", p)
        return c.name(128)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "remove_listener_certificates", p)
