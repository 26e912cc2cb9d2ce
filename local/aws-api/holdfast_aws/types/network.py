"""AWS::EC2: the network itself."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, changed, kind, tags_changed, without


def tag(c: Context, id: str, p: dict[str, Any]) -> None:
    # The network of a stack can be told from another's only by these tags, as on AWS.
    tags = [
        *p.get("Tags", []),
        {"Key": "aws:cloudformation:stack-name", "Value": c.stack_name},
        {"Key": "aws:cloudformation:logical-id", "Value": c.logical_id},
    ]
    c.call("ec2", "create_tags", Resources=[id], Tags=tags)


class Tagged(Kind):
    """A resource of which only the tags, and what `modify` handles, change in place."""

    def modify(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(without(p, "Tags"), without(old, "Tags"), *{*p, *old} - {"Tags"}):
            super().update(c, id, p, old)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        wanted, removed = tags_changed(p, old)
        if wanted:
            c.call("ec2", "create_tags", Resources=[id], Tags=wanted)
        if removed:
            c.call("ec2", "delete_tags", Resources=[id], Tags=[{"Key": key} for key in removed])
        self.modify(c, id, p, old)


def _vpc(c: Context, id: str) -> dict[str, Any]:
    return c.call("ec2", "describe_vpcs", VpcIds=[id])["Vpcs"][0]


def _default_of(operation: str, key: str, identifier: str) -> Any:
    def find(c: Context, id: str, p: dict[str, Any]) -> str:
        filters = [{"Name": "vpc-id", "Values": [id]}]
        filters.append(
            {"Name": "group-name", "Values": ["default"]} if key == "SecurityGroups"
            else {"Name": "default", "Values": ["true"]}
        )
        return str(c.call("ec2", operation, Filters=filters)[key][0][identifier])

    return find


@kind(
    "AWS::EC2::VPC",
    "CidrBlock InstanceTenancy",
    {
        "VpcId": lambda c, id, p: id,
        "CidrBlock": lambda c, id, p: _vpc(c, id)["CidrBlock"],
        "CidrBlockAssociations": lambda c, id, p: [
            one["AssociationId"] for one in _vpc(c, id)["CidrBlockAssociationSet"]
        ],
        "DefaultSecurityGroup": _default_of("describe_security_groups", "SecurityGroups", "GroupId"),
        "DefaultNetworkAcl": _default_of("describe_network_acls", "NetworkAcls", "NetworkAclId"),
    },
)
class Vpc(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "Tags", "EnableDnsHostnames", "EnableDnsSupport")
        id = c.call("ec2", "create_vpc", core)["Vpc"]["VpcId"]
        tag(c, id, p)
        self.modify(c, id, p, {})
        return id

    def modify(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            if name in p and changed(p, old, name):
                c.call("ec2", "modify_vpc_attribute", {name: {"Value": p[name]}}, VpcId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_vpc", VpcId=id)


@kind(
    "AWS::EC2::Subnet",
    "VpcId CidrBlock AvailabilityZone Ipv6CidrBlock",
    {
        "SubnetId": lambda c, id, p: id,
        "VpcId": lambda c, id, p: p["VpcId"],
        "CidrBlock": lambda c, id, p: p["CidrBlock"],
        "AvailabilityZone": lambda c, id, p: c.call("ec2", "describe_subnets", SubnetIds=[id])["Subnets"][0][
            "AvailabilityZone"
        ],
    },
)
class Subnet(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = c.call("ec2", "create_subnet", without(p, "Tags", "MapPublicIpOnLaunch"))["Subnet"]["SubnetId"]
        tag(c, id, p)
        self.modify(c, id, p, {})
        return id

    def modify(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if "MapPublicIpOnLaunch" in p and changed(p, old, "MapPublicIpOnLaunch"):
            value = {"MapPublicIpOnLaunch": {"Value": p["MapPublicIpOnLaunch"]}}
            c.call("ec2", "modify_subnet_attribute", value, SubnetId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_subnet", SubnetId=id)


@kind("AWS::EC2::RouteTable", "VpcId", {"RouteTableId": lambda c, id, p: id})
class RouteTable(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = c.call("ec2", "create_route_table", without(p, "Tags"))["RouteTable"]["RouteTableId"]
        tag(c, id, p)
        return id

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_route_table", RouteTableId=id)


@kind("AWS::EC2::SubnetRouteTableAssociation", "SubnetId RouteTableId", {"Id": lambda c, id, p: id})
class SubnetRouteTableAssociation(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call("ec2", "associate_route_table", p)["AssociationId"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "disassociate_route_table", AssociationId=id)


@kind("AWS::EC2::Route", "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock")
class Route(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("ec2", "create_route", p)
        return f"{p['RouteTableId']}|{p.get('DestinationCidrBlock') or p.get('DestinationIpv6CidrBlock')}"

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("ec2", "replace_route", p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        table, cidr = id.split("|")
        key = "DestinationIpv6CidrBlock" if ":" in cidr else "DestinationCidrBlock"
        c.call("ec2", "delete_route", {key: cidr}, RouteTableId=table)


@kind("AWS::EC2::InternetGateway", "", {"InternetGatewayId": lambda c, id, p: id})
class InternetGateway(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = c.call("ec2", "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
        tag(c, id, p)
        return id

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_internet_gateway", InternetGatewayId=id)


@kind("AWS::EC2::VPCGatewayAttachment", "VpcId InternetGatewayId VpnGatewayId")
class VpcGatewayAttachment(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("ec2", "attach_internet_gateway", p)
        return f"IGW|{p['VpcId']}|{p['InternetGatewayId']}"

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        _, vpc, gateway = id.split("|")
        c.call("ec2", "detach_internet_gateway", VpcId=vpc, InternetGatewayId=gateway)


def _address(c: Context, id: str) -> dict[str, Any]:
    return c.call("ec2", "describe_addresses", PublicIps=[id])["Addresses"][0]


@kind(
    "AWS::EC2::EIP",
    "Domain",
    {
        "AllocationId": lambda c, id, p: _address(c, id)["AllocationId"],
        "PublicIp": lambda c, id, p: id,
    },
)
class Eip(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call("ec2", "allocate_address", without(p, "Tags"))
        tag(c, made["AllocationId"], p)
        return str(made["PublicIp"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        super().update(c, _address(c, id)["AllocationId"], p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "release_address", AllocationId=_address(c, id)["AllocationId"])


@kind("AWS::EC2::NatGateway", "SubnetId AllocationId ConnectivityType", {"NatGatewayId": lambda c, id, p: id})
class NatGateway(Tagged):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = c.call("ec2", "create_nat_gateway", without(p, "Tags"))["NatGateway"]["NatGatewayId"]
        tag(c, id, p)
        return id

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ec2", "delete_nat_gateway", NatGatewayId=id)
