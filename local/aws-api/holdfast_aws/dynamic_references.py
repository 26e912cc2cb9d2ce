"""`{{resolve:service:...}}`: replaced at the moment of a call, never stored."""

from __future__ import annotations

import json
import re
from typing import Any

from .kinds import Context
from .template import TemplateError

_REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure|ssm):(.*?)\}\}")


def resolve(c: Context, value: Any) -> Any:
    # As on AWS: custom resources get the reference itself, not the value.
    if c.type.startswith("Custom::") or c.type == "AWS::CloudFormation::CustomResource":
        return value
    if isinstance(value, dict):
        return {name: resolve(c, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolve(c, item) for item in value]
    if isinstance(value, str) and "{{resolve:" in value:
        return _REFERENCE.sub(lambda match: _lookup(c, match.group(1), match.group(2)), value)
    return value


def _lookup(c: Context, service: str, body: str) -> str:
    if service.startswith("ssm"):
        name = body.split(":")[0] if not body.startswith("arn:") else body
        return str(c.call("ssm", "get_parameter", Name=name, WithDecryption=True)["Parameter"]["Value"])
    if body.startswith("arn:"):
        parts = body.split(":")
        secret, rest = ":".join(parts[:7]), parts[7:]
    else:
        secret, *rest = body.split(":")
    _, key, stage, version = (rest + ["", "", "", ""])[:4]
    found = c.call(
        "secretsmanager", "get_secret_value", SecretId=secret, VersionStage=stage or None, VersionId=version or None
    )["SecretString"]
    if not key:
        return str(found)
    fields = json.loads(found)
    if key not in fields:
        raise TemplateError(f"Could not find a value associated with JSONKey {key} in SecretString of {secret}")
    return str(fields[key])
