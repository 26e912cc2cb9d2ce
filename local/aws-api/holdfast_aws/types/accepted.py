"""Types that moto has no backend for. Their resources exist in the stack only, with names and attributes in the right
form: accepted, not verified. docs/local-api.md names them, and so does every `npm run deploy:local`."""

from __future__ import annotations

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


_accept("AWS::Backup::BackupSelection", lambda c, p: f"{c.name(50)}_{p['BackupPlanId']}",
        {"Id": lambda c, id, p: id, "BackupPlanId": lambda c, id, p: p["BackupPlanId"]}, "BackupPlanId BackupSelection")
_accept("AWS::CDK::Metadata", lambda c, p: c.name(128))
_accept("AWS::CloudFormation::LambdaHook", lambda c, p: c.arn("cloudformation", f"type/hook/{str(p['Alias']).replace('::', '-')}"),
        {"HookArn": lambda c, id, p: id}, "Alias")
_accept("AWS::ECR::PullThroughCacheRule", lambda c, p: str(p["EcrRepositoryPrefix"]),
        create_only="EcrRepositoryPrefix UpstreamRegistryUrl")
_accept("AWS::ElastiCache::ParameterGroup", lambda c, p: str(p.get("CacheParameterGroupName") or c.name(255, lower=True)),
        {"CacheParameterGroupName": lambda c, id, p: id}, "CacheParameterGroupFamily CacheParameterGroupName")
