"""AWS::ECR."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .. import settings
from ..kinds import Context, Kind, KindError, changed, kind, pick, without

_KNOWN = (
    "RepositoryName", "ImageTagMutability", "ImageTagMutabilityExclusionFilters", "ImageScanningConfiguration",
    "EncryptionConfiguration", "Tags", "LifecyclePolicy", "RepositoryPolicyText", "EmptyOnDelete",
)


def manifest(repository: str, tag: str) -> str:
    """An image manifest that exists in name only."""
    digest = hashlib.sha256(f"{repository}:{tag}".encode()).hexdigest()
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": 2,
                "digest": f"sha256:{digest}",
            },
            "layers": [],
        }
    )


def push(c: Any, repository: str, tag: str) -> None:
    """What `docker push` ends with: a manifest under a tag."""
    c.call("ecr", "put_image", repositoryName=repository, imageManifest=manifest(repository, tag), imageTag=tag)


@kind(
    "AWS::ECR::Repository",
    "RepositoryName EncryptionConfiguration",
    {
        "Arn": lambda c, id, p: c.arn("ecr", f"repository/{id}"),
        "RepositoryUri": lambda c, id, p: f"{c.account}.dkr.ecr.{c.region}.amazonaws.com/{id}",
    },
)
class Repository(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        if without(p, *_KNOWN):
            raise KindError(f"Unknown properties: {sorted(without(p, *_KNOWN))}")
        name = str(p.get("RepositoryName") or c.name(256, lower=True))
        core = pick(p, "ImageTagMutability", "ImageScanningConfiguration", "EncryptionConfiguration", "Tags")
        c.call("ecr", "create_repository", core, repositoryName=name)
        self._policies(c, name, p, {})
        for repository, tag in settings.images:
            if repository == name:
                push(c, name, tag)
        return name

    def _policies(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "LifecyclePolicy"):
            text = p.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
            if text:
                c.call("ecr", "put_lifecycle_policy", repositoryName=id, lifecyclePolicyText=text)
            elif old:
                c.call("ecr", "delete_lifecycle_policy", repositoryName=id)
        if changed(p, old, "RepositoryPolicyText"):
            policy = p.get("RepositoryPolicyText")
            if policy:
                c.call("ecr", "set_repository_policy", {"policyText": policy}, repositoryName=id)
            elif old:
                c.call("ecr", "delete_repository_policy", repositoryName=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for name, operation in (
            ("ImageTagMutability", "put_image_tag_mutability"),
            ("ImageScanningConfiguration", "put_image_scanning_configuration"),
        ):
            if name in p and changed(p, old, name):
                c.call("ecr", operation, pick(p, name), repositoryName=id)
        self._policies(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        force = str(p.get("EmptyOnDelete", False)).lower() == "true"
        c.call("ecr", "delete_repository", repositoryName=id, force=force)
