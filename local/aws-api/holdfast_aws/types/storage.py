"""Keys and buckets."""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from ..kinds import Context, Kind, KindError, changed, kind, pick, tags_changed, without


@kind(
    "AWS::KMS::Key",
    "KeySpec KeyUsage Origin MultiRegion",
    {"Arn": lambda c, id, p: c.arn("kms", f"key/{id}"), "KeyId": lambda c, id, p: id},
)
class Key(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = pick(p, "Description", "KeySpec", "KeyUsage", "Origin", "MultiRegion")
        unknown = without(
            p, "Description", "KeySpec", "KeyUsage", "Origin", "MultiRegion", "KeyPolicy", "EnableKeyRotation",
            "RotationPeriodInDays", "PendingWindowInDays", "Tags", "Enabled", "BypassPolicyLockoutSafetyCheck",
        )
        if unknown:
            raise KindError(f"Unknown properties: {sorted(unknown)}")
        tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in p.get("Tags", [])]
        id = c.call("kms", "create_key", {**core, "Policy": p["KeyPolicy"]} if "KeyPolicy" in p else core, Tags=tags)
        key = str(id["KeyMetadata"]["KeyId"])
        self._settings(c, key, p, {})
        return key

    def _settings(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "EnableKeyRotation", "RotationPeriodInDays"):
            on = str(p.get("EnableKeyRotation", False)).lower() == "true"
            if on:
                c.call("kms", "enable_key_rotation", pick(p, "RotationPeriodInDays"), KeyId=id)
            elif old:
                c.call("kms", "disable_key_rotation", KeyId=id)
        if old and changed(p, old, "Enabled"):
            c.call("kms", "enable_key" if p.get("Enabled", True) else "disable_key", KeyId=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "KeyPolicy"):
            c.call("kms", "put_key_policy", {"Policy": p["KeyPolicy"]}, KeyId=id, PolicyName="default")
        if changed(p, old, "Description"):
            c.call("kms", "update_key_description", KeyId=id, Description=p.get("Description", ""))
        wanted, removed = tags_changed(p, old)
        if wanted:
            tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in wanted]
            c.call("kms", "tag_resource", KeyId=id, Tags=tags)
        if removed:
            c.call("kms", "untag_resource", KeyId=id, TagKeys=removed)
        self._settings(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("kms", "schedule_key_deletion", KeyId=id, PendingWindowInDays=int(p.get("PendingWindowInDays", 30)))


@kind("AWS::KMS::Alias", "AliasName")
class Alias(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("kms", "create_alias", p)
        return str(p["AliasName"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("kms", "update_alias", p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("kms", "delete_alias", AliasName=id)


def _domain(suffix: str) -> Any:
    return lambda c, id, p: f"{id}.s3{suffix.format(region=c.region)}"


def _lifecycle(configuration: dict[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in configuration["Rules"]:
        made = pick(rule, "Status", "AbortIncompleteMultipartUpload", "Transitions", "NoncurrentVersionTransitions")
        if "Id" in rule:
            made["ID"] = rule["Id"]
        expiration: dict[str, Any] = {}
        if "ExpirationInDays" in rule:
            expiration["Days"] = rule["ExpirationInDays"]
        if "ExpiredObjectDeleteMarker" in rule:
            expiration["ExpiredObjectDeleteMarker"] = rule["ExpiredObjectDeleteMarker"]
        if expiration:
            made["Expiration"] = expiration
        if "NoncurrentVersionExpiration" in rule:
            made["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
        elif "NoncurrentVersionExpirationInDays" in rule:
            made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
        for name in ("Transitions", "NoncurrentVersionTransitions"):
            days = "Days" if name == "Transitions" else "NoncurrentDays"
            if name in made:
                made[name] = [
                    {days if key == "TransitionInDays" else key: value for key, value in one.items()}
                    for one in made[name]
                ]
        tags = rule.get("TagFilters", [])
        prefix = rule.get("Prefix")
        if tags and prefix is not None or len(tags) > 1:
            made["Filter"] = {"And": {"Tags": tags, **({"Prefix": prefix} if prefix is not None else {})}}
        elif tags:
            made["Filter"] = {"Tag": tags[0]}
        else:
            made["Filter"] = {"Prefix": prefix or ""}
        known = ("Id", "Status", "Prefix", "TagFilters", "ExpirationInDays", "ExpiredObjectDeleteMarker", "Transitions",
                 "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays", "NoncurrentVersionTransitions",
                 "AbortIncompleteMultipartUpload")
        if without(rule, *known):
            raise KindError(f"Unknown properties of a lifecycle rule: {sorted(without(rule, *known))}")
        rules.append(made)
    return {"LifecycleConfiguration": {"Rules": rules}}


def _encryption(p: dict[str, Any]) -> dict[str, Any]:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            **pick(rule, "BucketKeyEnabled", "BlockedEncryptionTypes"),
        }
        for rule in p["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _logging(p: dict[str, Any]) -> dict[str, Any]:
    renamed = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    made = {renamed.get(key, key): value for key, value in p.items()}
    return {"BucketLoggingStatus": {"LoggingEnabled": {"TargetPrefix": "", **made}}}


def _notification(p: dict[str, Any]) -> dict[str, Any]:
    enabled = str(p.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False)).lower() == "true"
    if without(p, "EventBridgeConfiguration"):
        raise KindError("Only EventBridgeConfiguration is known of NotificationConfiguration")
    return {"NotificationConfiguration": {"EventBridgeConfiguration": {}} if enabled else {}}


def _cors(p: dict[str, Any]) -> dict[str, Any]:
    names = {"Id": "ID", "MaxAge": "MaxAgeSeconds", "ExposedHeaders": "ExposeHeaders"}
    return {
        "CORSConfiguration": {
            "CORSRules": [{names.get(key, key): value for key, value in rule.items()} for rule in p["CorsRules"]]
        }
    }


def _canned(acl: str | None) -> str | None:
    """LogDeliveryWrite -> log-delivery-write"""
    return acl and re.sub(r"(?<!^)(?=[A-Z])", "-", acl).lower()


# Property -> operation that sets it, its parameters, operation that clears it.
_SETTINGS: dict[str, tuple[str, Any, str | None]] = {
    "VersioningConfiguration": ("put_bucket_versioning", lambda v: {"VersioningConfiguration": v}, None),
    "BucketEncryption": ("put_bucket_encryption", _encryption, "delete_bucket_encryption"),
    "PublicAccessBlockConfiguration": (
        "put_public_access_block", lambda v: {"PublicAccessBlockConfiguration": v}, "delete_public_access_block",
    ),
    "OwnershipControls": (
        "put_bucket_ownership_controls", lambda v: {"OwnershipControls": v}, "delete_bucket_ownership_controls",
    ),
    "LifecycleConfiguration": ("put_bucket_lifecycle_configuration", _lifecycle, "delete_bucket_lifecycle"),
    "LoggingConfiguration": ("put_bucket_logging", _logging, None),
    "NotificationConfiguration": ("put_bucket_notification_configuration", _notification, None),
    "CorsConfiguration": ("put_bucket_cors", _cors, "delete_bucket_cors"),
    "Tags": ("put_bucket_tagging", lambda v: {"Tagging": {"TagSet": v}}, "delete_bucket_tagging"),
    "ObjectLockConfiguration": (
        "put_object_lock_configuration", lambda v: {"ObjectLockConfiguration": v}, None,
    ),
}


@kind(
    "AWS::S3::Bucket",
    "BucketName ObjectLockEnabled",
    {
        "Arn": lambda c, id, p: f"arn:aws:s3:::{id}",
        "DomainName": _domain(".amazonaws.com"),
        "RegionalDomainName": _domain(".{region}.amazonaws.com"),
        "DualStackDomainName": _domain(".dualstack.{region}.amazonaws.com"),
        "WebsiteURL": lambda c, id, p: f"http://{id}.s3-website-{c.region}.amazonaws.com",
    },
)
class Bucket(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("BucketName") or c.name(63, lower=True))
        unknown = without(p, "BucketName", "ObjectLockEnabled", "AccessControl", *_SETTINGS)
        if unknown:
            raise KindError(f"Unknown properties: {sorted(unknown)}")
        location = None if c.region == "us-east-1" else {"LocationConstraint": c.region}
        # us-east-1 answers 200 when the bucket exists already; a stack must not adopt it.
        try:
            c.call("s3", "head_bucket", Bucket=name)
            raise KindError(f"{name} already exists")
        except ClientError:
            pass
        c.call(
            "s3", "create_bucket", Bucket=name, CreateBucketConfiguration=location,
            ObjectLockEnabledForBucket=p.get("ObjectLockEnabled"), ACL=_canned(p.get("AccessControl")),
        )
        self.update(c, name, p, {})
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for name, (put, parameters, clear) in _SETTINGS.items():
            if not changed(p, old, name):
                continue
            if name in p:
                c.call("s3", put, parameters(p[name]), Bucket=id)
            elif clear:
                c.call("s3", clear, Bucket=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("s3", "delete_bucket", Bucket=id)


@kind("AWS::S3::BucketPolicy", "Bucket")
class BucketPolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("s3", "put_bucket_policy", {"Policy": p["PolicyDocument"]}, Bucket=p["Bucket"])
        return str(p["Bucket"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("s3", "delete_bucket_policy", Bucket=id)
