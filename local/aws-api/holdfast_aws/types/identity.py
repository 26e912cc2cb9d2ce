"""AWS::IAM and AWS::SSM::Parameter."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, changed, kind, pick, tags_changed, without


@kind(
    "AWS::IAM::Role",
    "RoleName Path",
    {
        "Arn": lambda c, id, p: f"arn:aws:iam::{c.account}:role{p.get('Path', '/')}{id}",
        "RoleId": lambda c, id, p: c.call("iam", "get_role", RoleName=id)["Role"]["RoleId"],
    },
)
class Role(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("RoleName") or c.name(64))
        c.call("iam", "create_role", without(p, "RoleName", "Policies", "ManagedPolicyArns"), RoleName=name)
        self._policies(c, name, p, {})
        return name

    @staticmethod
    def _policies(c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        new = {one["PolicyName"]: one["PolicyDocument"] for one in p.get("Policies", [])}
        before = {one["PolicyName"]: one["PolicyDocument"] for one in old.get("Policies", [])}
        for name, document in new.items():
            if before.get(name) != document:
                c.call("iam", "put_role_policy", {"PolicyDocument": document}, RoleName=id, PolicyName=name)
        for name in before.keys() - new.keys():
            c.call("iam", "delete_role_policy", RoleName=id, PolicyName=name)
        arns, held = set(p.get("ManagedPolicyArns", [])), set(old.get("ManagedPolicyArns", []))
        for arn in sorted(arns - held):
            c.call("iam", "attach_role_policy", RoleName=id, PolicyArn=arn)
        for arn in sorted(held - arns):
            c.call("iam", "detach_role_policy", RoleName=id, PolicyArn=arn)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "AssumeRolePolicyDocument"):
            document = {"PolicyDocument": p["AssumeRolePolicyDocument"]}
            c.call("iam", "update_assume_role_policy", document, RoleName=id)
        if changed(p, old, "Description", "MaxSessionDuration"):
            c.call("iam", "update_role", pick(p, "Description", "MaxSessionDuration"), RoleName=id)
        self._policies(c, id, p, old)
        wanted, removed = tags_changed(p, old)
        if wanted:
            c.call("iam", "tag_role", RoleName=id, Tags=wanted)
        if removed:
            c.call("iam", "untag_role", RoleName=id, TagKeys=removed)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        self._policies(c, id, {}, p)
        c.call("iam", "delete_role", RoleName=id)


@kind("AWS::IAM::Policy", "PolicyName", {"Id": lambda c, id, p: id})
class Policy(Kind):
    """An inline policy, put into each of its roles."""

    def create(self, c: Context, p: dict[str, Any]) -> str:
        self.update(c, "", p, {})
        return c.name(64)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for role in sorted(set(old.get("Roles", [])) - set(p.get("Roles", []))):
            c.call("iam", "delete_role_policy", RoleName=role, PolicyName=p["PolicyName"])
        for role in p.get("Roles", []):
            document = {"PolicyDocument": p["PolicyDocument"]}
            c.call("iam", "put_role_policy", document, RoleName=role, PolicyName=p["PolicyName"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        for role in p.get("Roles", []):
            c.call("iam", "delete_role_policy", RoleName=role, PolicyName=p["PolicyName"])


@kind("AWS::IAM::ManagedPolicy", "ManagedPolicyName Path Description", {"PolicyArn": lambda c, id, p: id})
class ManagedPolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = pick(p, "Path", "Description", "PolicyDocument", "Tags")
        name = p.get("ManagedPolicyName", c.name(128))
        arn = str(c.call("iam", "create_policy", core, PolicyName=name)["Policy"]["Arn"])
        self._roles(c, arn, p, {})
        return arn

    @staticmethod
    def _roles(c: Context, arn: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        new, before = set(p.get("Roles", [])), set(old.get("Roles", []))
        for role in sorted(new - before):
            c.call("iam", "attach_role_policy", RoleName=role, PolicyArn=arn)
        for role in sorted(before - new):
            c.call("iam", "detach_role_policy", RoleName=role, PolicyArn=arn)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "PolicyDocument"):
            core = pick(p, "PolicyDocument")
            c.call("iam", "create_policy_version", core, PolicyArn=id, SetAsDefault=True)
        self._roles(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        self._roles(c, id, {}, p)
        c.call("iam", "delete_policy", PolicyArn=id)


@kind("AWS::SSM::Parameter", "Name", {"Type": lambda c, id, p: p["Type"], "Value": lambda c, id, p: p["Value"]})
class Parameter(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("Name", c.name(255))
        tags = [{"Key": key, "Value": value} for key, value in p.get("Tags", {}).items()]
        c.call("ssm", "put_parameter", without(p, "Name", "Tags"), Name=name, Tags=tags or None)
        return str(name)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("ssm", "put_parameter", without(p, "Name", "Tags"), Name=id, Overwrite=True)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("ssm", "delete_parameter", Name=id)
