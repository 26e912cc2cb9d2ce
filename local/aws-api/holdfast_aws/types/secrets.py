"""AWS::SecretsManager."""

from __future__ import annotations

import json
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from .. import settings
from ..kinds import Context, Kind, KindError, changed, kind, pick, without


def _value(c: Context, p: dict[str, Any]) -> str | None:
    if "SecretString" in p:
        return str(p["SecretString"])
    if "GenerateSecretString" not in p:
        # What a person would set; nothing here looks at what it is.
        return "set by the local AWS API" if settings.secret_values else None
    spec = p["GenerateSecretString"]
    core = without(spec, "SecretStringTemplate", "GenerateStringKey")
    password = c.call("secretsmanager", "get_random_password", core)["RandomPassword"]
    if "SecretStringTemplate" not in spec:
        return str(password)
    return json.dumps({**json.loads(spec["SecretStringTemplate"]), spec["GenerateStringKey"]: password})


@kind("AWS::SecretsManager::Secret", "Name", {"Id": lambda c, id, p: id})
class Secret(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "GenerateSecretString", "ReplicaRegions", "SecretString", "Name")
        name = p.get("Name", c.name(64))
        made = c.call("secretsmanager", "create_secret", core, Name=name, SecretString=_value(c, p))
        if p.get("ReplicaRegions"):
            c.call("secretsmanager", "replicate_secret_to_regions",
                   {"AddReplicaRegions": p["ReplicaRegions"]}, SecretId=made["ARN"])
        return str(made["ARN"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "GenerateSecretString"):
            raise KindError("GenerateSecretString generates a new value, which loses the old one; see docs/local-api.md")
        core = pick(p, "Description", "KmsKeyId", *(("SecretString",) if changed(p, old, "SecretString") else ()))
        c.call("secretsmanager", "update_secret", core, SecretId=id)
        new = {one["Region"]: one for one in p.get("ReplicaRegions", [])}
        before = {one["Region"]: one for one in old.get("ReplicaRegions", [])}
        if new.keys() - before.keys():
            added = [new[region] for region in sorted(new.keys() - before.keys())]
            c.call("secretsmanager", "replicate_secret_to_regions", {"AddReplicaRegions": added}, SecretId=id)
        if before.keys() - new.keys():
            c.call("secretsmanager", "remove_regions_from_replication", SecretId=id,
                   RemoveReplicaRegions=sorted(before.keys() - new.keys()))
        if changed(p, old, "Tags") and p.get("Tags"):
            c.call("secretsmanager", "tag_resource", pick(p, "Tags"), SecretId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        regions = [one["Region"] for one in p.get("ReplicaRegions", [])]
        if regions:
            c.call("secretsmanager", "remove_regions_from_replication", SecretId=id, RemoveReplicaRegions=regions)
        c.call("secretsmanager", "delete_secret", SecretId=id, ForceDeleteWithoutRecovery=True)


@kind("AWS::SecretsManager::ResourcePolicy", "SecretId", {"Id": lambda c, id, p: id})
class ResourcePolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("secretsmanager", "put_resource_policy", p)
        return str(p["SecretId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("secretsmanager", "delete_resource_policy", SecretId=id)


@kind("AWS::SecretsManager::RotationSchedule", "SecretId", {"Id": lambda c, id, p: id})
class RotationSchedule(Kind):
    """The schedule is stored and shown, nothing is rotated: there is no database whose password could change."""

    def create(self, c: Context, p: dict[str, Any]) -> str:
        if without(p, "SecretId", "RotationLambdaARN", "RotationRules", "RotateImmediatelyOnUpdate"):
            raise KindError("Only RotationLambdaARN and RotationRules are known")
        c.call("lambda", "get_function", FunctionName=p["RotationLambdaARN"])
        secret = secretsmanager_backends[c.account][c.region].secrets[p["SecretId"]]
        secret.rotation_enabled = secret.rotation_requested = True
        secret.rotation_lambda_arn = p["RotationLambdaARN"]
        secret.auto_rotate_after_days = int(p.get("RotationRules", {}).get("AutomaticallyAfterDays", 0))
        return str(p["SecretId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        secret = secretsmanager_backends[c.account][c.region].secrets[id]
        secret.rotation_enabled = False
