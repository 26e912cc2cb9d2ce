"""Types that moto has no backend for, or none that shows again what it was given. Their resources exist in the stack only, with names and attributes in the right
form: accepted, not verified. docs/local-api.md names them, and so does every `npm run deploy:local`."""

from __future__ import annotations

import random
import string
import uuid
from typing import Any, Callable

from ..kinds import Context, Kind, kind


def _accept(
    type_name: str, physical: Callable[[Context, dict[str, Any]], str], attributes: dict[str, Any] | None = None,
    create_only: str = "",
) -> None:
    class Accepted(Kind):
        verified = False

        def create(self, c: Context, p: dict[str, Any]) -> str:
            return physical(c, p)

        def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
            return None

        def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
            return None

    kind(type_name, create_only, attributes)(Accepted)


def _letters(count: int) -> str:
    return "".join(random.choices(string.ascii_uppercase + string.digits, k=count))


_accept("AWS::Backup::BackupSelection", lambda c, p: f"{c.name(50)}_{p['BackupPlanId']}",
        {"Id": lambda c, id, p: id, "BackupPlanId": lambda c, id, p: p["BackupPlanId"]}, "BackupPlanId BackupSelection")
_accept("AWS::CDK::Metadata", lambda c, p: c.name(128))
_accept("AWS::CloudFormation::LambdaHook", lambda c, p: c.arn("cloudformation", f"type/hook/{str(p['Alias']).replace('::', '-')}"),
        {"HookArn": lambda c, id, p: id}, "Alias")
_accept("AWS::CloudFront::CachePolicy", lambda c, p: str(uuid.uuid4()), {"Id": lambda c, id, p: id})
_accept("AWS::CloudFront::Distribution", lambda c, p: "E" + _letters(13),
        {"Id": lambda c, id, p: id, "DomainName": lambda c, id, p: f"d{id.lower()}.cloudfront.net"})
_accept("AWS::CloudFront::ResponseHeadersPolicy", lambda c, p: str(uuid.uuid4()), {"Id": lambda c, id, p: id})
_accept("AWS::ECR::PullThroughCacheRule", lambda c, p: str(p["EcrRepositoryPrefix"]),
        create_only="EcrRepositoryPrefix UpstreamRegistryUrl")
_accept("AWS::ElastiCache::ParameterGroup", lambda c, p: str(p.get("CacheParameterGroupName") or c.name(255, lower=True)),
        {"CacheParameterGroupName": lambda c, id, p: id}, "CacheParameterGroupFamily CacheParameterGroupName")
_accept("AWS::FIS::ExperimentTemplate", lambda c, p: "EXT" + _letters(15), {"Id": lambda c, id, p: id})
