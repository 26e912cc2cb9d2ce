"""AWS::EC2: endpoints, flow logs, security groups."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, kind, pick, without
from .network import Tagged, tag


def _endpoint(c: Context, id: str) -> dict[str, Any]:
    return c.call("ec2", "describe_vpc_endpoints", VpcEndpointIds=[id])["VpcEndpoints"][0]


@kind(
    "AWS::EC2::VPCEndpoint",
    "VpcId ServiceName VpcEndpointType",
    {
        "Id": lambda c, id, p: id,
        "DnsEntries": lambda c, id, p: [
            f"{one['HostedZoneId']}:{one['DnsName']}" for one in _endpoint(c, id).get("DnsEntries", [])
        ],
        "NetworkInterfaceIds": lambda c, id, p: _endpoint(c, id).get("NetworkInterfaceIds", []),
    },
)
class VpcEndpoint(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call("ec2", "create_vpc_endpoint", without(p, "Tags"))["VpcEndpoint"]
        tag(c, made["VpcEndpointId"], p)
        return str(made["VpcEndpointId"])

    def modify(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        def difference(name: str) -> tuple[list[str], list[str]]:
            new, before = set(p.get(name, [])), set(old.get(name, []))
            return sorted(new - before), sorted(before - new)

        values: dict[str, Any] = {}
        for name, stem in (("RouteTableIds", "RouteTableIds"), ("SubnetIds", "SubnetIds"),
                           ("SecurityGroupIds", "SecurityGroupIds")):
            added, removed = difference(name)
            values.update({f"Add{stem}": added} if added else {})
            values.update({f"Remove{stem}": removed} if removed else {})
        if p.get("PolicyDocument") != old.get("PolicyDocument") and "PolicyDocument" in p:
            values["PolicyDocument"] = p["PolicyDocument"]
        if values:
            c.call("ec2", "modify_vpc_endpoint", values, VpcEndpointId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[id])


@kind(
    "AWS::EC2::FlowLog",
    "ResourceId ResourceType TrafficType LogDestination LogDestinationType LogGroupName LogFormat "
    "DeliverLogsPermissionArn MaxAggregationInterval DestinationOptions",
    {"Id": lambda c, id, p: id},
)
class FlowLog(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "Tags", "ResourceId")
        made = c.call("ec2", "create_flow_logs", core, ResourceIds=[p["ResourceId"]])
        if made.get("Unsuccessful"):
            raise KindError(str(made["Unsuccessful"][0]["Error"]["Message"]))
        id = made["FlowLogIds"][0]
        tag(c, id, p)
        return str(id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_flow_logs", FlowLogIds=[id])



def _permission(rule: dict[str, Any]) -> dict[str, Any]:
    description = pick(rule, "Description")
    permission = {"IpProtocol": rule.get("IpProtocol", "-1"), **pick(rule, "FromPort", "ToPort")}
    source = (
        rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId") or rule.get("SourceSecurityGroupName")
    )
    prefix = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if source:
        permission["UserIdGroupPairs"] = [{"GroupId": source, **description}]
    elif prefix:
        permission["PrefixListIds"] = [{"PrefixListId": prefix, **description}]
    elif "CidrIpv6" in rule:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **description}]
    else:
        permission["IpRanges"] = [{"CidrIp": rule["CidrIp"], **description}]
    return permission


def _authorize(c: Context, direction: str, group: str, rule: dict[str, Any]) -> str:
    made = c.call(
        "ec2", f"authorize_security_group_{direction}", {"IpPermissions": [_permission(rule)]}, GroupId=group
    )
    return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _revoke(c: Context, direction: str, group: str, rule: dict[str, Any]) -> None:
    c.call("ec2", f"revoke_security_group_{direction}", {"IpPermissions": [_permission(rule)]}, GroupId=group)


_LISTS = (("ingress", "SecurityGroupIngress"), ("egress", "SecurityGroupEgress"))
# Every new group allows this; a template with its own egress rules takes it away.
_OPEN = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


@kind(
    "AWS::EC2::SecurityGroup",
    "GroupName GroupDescription VpcId",
    {
        "GroupId": lambda c, id, p: id,
        "Id": lambda c, id, p: id,
        "VpcId": lambda c, id, p: p["VpcId"],
    },
)
class SecurityGroup(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = {"GroupName": p.get("GroupName", c.name(255)), "Description": p["GroupDescription"], **pick(p, "VpcId")}
        id = c.call("ec2", "create_security_group", core)["GroupId"]
        tag(c, id, p)
        if "SecurityGroupEgress" in p:
            _revoke(c, "egress", id, _OPEN)
        for direction, name in _LISTS:
            for rule in p.get(name, []):
                _authorize(c, direction, id, rule)
        return str(id)

    def modify(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for direction, name in _LISTS:
            new, before = p.get(name, []), old.get(name, [])
            for rule in before:
                if rule not in new:
                    _revoke(c, direction, id, rule)
            for rule in new:
                if rule not in before:
                    _authorize(c, direction, id, rule)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_security_group", GroupId=id)


_RULE_KEYS = (
    "GroupId CidrIp CidrIpv6 IpProtocol FromPort ToPort SourceSecurityGroupId DestinationSecurityGroupId "
    "SourcePrefixListId DestinationPrefixListId Description"
)


@kind("AWS::EC2::SecurityGroupIngress", _RULE_KEYS, {"Id": lambda c, id, p: id})
class SecurityGroupIngress(Kind):
    direction = "ingress"

    def create(self, c: Context, p: dict[str, Any]) -> str:
        return _authorize(c, self.direction, p["GroupId"], p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        _revoke(c, self.direction, p["GroupId"], p)


@kind("AWS::EC2::SecurityGroupEgress", _RULE_KEYS, {"Id": lambda c, id, p: id})
class SecurityGroupEgress(SecurityGroupIngress):
    direction = "egress"
