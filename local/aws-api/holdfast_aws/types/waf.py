"""AWS::WAFv2."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, kind, pick, without


def _parts(id: str) -> dict[str, str]:
    name, identifier, scope = id.split("|")
    return {"Name": name, "Id": identifier, "Scope": scope}


def _acl(c: Context, id: str) -> Any:
    return c.call("wafv2", "get_web_acl", **_parts(id))


@kind(
    "AWS::WAFv2::WebACL",
    "Name Scope",
    {
        "Arn": lambda c, id, p: _acl(c, id)["WebACL"]["ARN"],
        "Id": lambda c, id, p: _parts(id)["Id"],
        "Capacity": lambda c, id, p: int(_acl(c, id)["WebACL"].get("Capacity", 0)),
        "LabelNamespace": lambda c, id, p: f"awswaf:{c.account}:webacl:{_parts(id)['Name']}:",
    },
)
class WebAcl(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        if p["Scope"] == "CLOUDFRONT" and c.region != "us-east-1":
            raise KindError("A web ACL for CloudFront is created in us-east-1")
        name = p.get("Name", c.name(128))
        made = c.call("wafv2", "create_web_acl", without(p, "Name"), Name=name)["Summary"]
        return f"{made['Name']}|{made['Id']}|{p['Scope']}"

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        token = _acl(c, id)["LockToken"]
        core = without(p, "Name", "Scope", "Tags")
        c.call("wafv2", "update_web_acl", core, LockToken=token, **_parts(id))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("wafv2", "delete_web_acl", LockToken=_acl(c, id)["LockToken"], **_parts(id))


@kind("AWS::WAFv2::WebACLAssociation", "ResourceArn")
class WebAclAssociation(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("wafv2", "associate_web_acl", p)
        return f"{p['WebACLArn']}|{p['ResourceArn']}"

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("wafv2", "associate_web_acl", p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("wafv2", "disassociate_web_acl", pick(p, "ResourceArn"))


@kind("AWS::WAFv2::LoggingConfiguration", "ResourceArn")
class LoggingConfiguration(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        # AWS refuses any other name of a destination.
        for destination in p["LogDestinationConfigs"]:
            if not str(destination).split(":")[-1].startswith("aws-waf-logs-") and ":log-group:aws-waf-logs-" not in destination:
                raise KindError(f"The ARN isn't valid: {destination} must name a log destination aws-waf-logs-*")
        c.call("wafv2", "put_logging_configuration", {"LoggingConfiguration": p})
        return str(p["ResourceArn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("wafv2", "delete_logging_configuration", ResourceArn=id)
