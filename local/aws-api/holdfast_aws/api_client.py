"""Calls of the local AWS API from inside it, through boto3 and HTTP as anybody else, with CloudFormation's spelling
of properties turned into each operation's."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

import boto3
from botocore.config import Config

from .roads import INTERNAL_KEY

_lock = threading.Lock()
_clients: dict[tuple[str, str], Any] = {}
_session: Any = None


def client(service: str, region: str) -> Any:
    global _session
    with _lock:
        key = (service, region)
        if key not in _clients:
            if _session is None:
                _session = boto3.Session(aws_access_key_id=INTERNAL_KEY, aws_secret_access_key="local")
            _clients[key] = _session.client(
                service,
                region_name=region,
                endpoint_url=os.environ["HOLDFAST_LOCAL_ENDPOINT"],
                config=Config(
                    retries={"total_max_attempts": 1},
                    max_pool_connections=20,
                    read_timeout=900,
                    s3={"addressing_style": "path"},
                    inject_host_prefix=False,
                ),
            )
        return _clients[key]


class Caller:
    def __init__(self, region: str):
        self.region = region

    def client(self, service: str, region: str | None = None) -> Any:
        return client(service, region or self.region)

    def call(
        self,
        service: str,
        operation: str,
        properties: dict[str, Any] | None = None,
        /,
        region: str | None = None,
        rename: dict[str, str] | None = None,
        **extra: Any,
    ) -> Any:
        """Calls an operation with CloudFormation properties (shaped for it) and `extra` parameters (as they are)."""
        api = self.client(service, region)
        shape = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[operation]).input_shape
        renamed = {(rename or {}).get(name, name): value for name, value in (properties or {}).items()}
        parameters = shape_value(shape, renamed, operation) if renamed else {}
        return getattr(api, operation)(**{**parameters, **{k: v for k, v in extra.items() if v is not None}})


class UnknownProperty(Exception):
    pass


def shape_value(shape: Any, value: Any, path: str) -> Any:
    """CloudFormation's value in the form of a botocore shape: names by their spelling there, scalars by their type.
    Raises UnknownProperty for a member that the operation does not have."""
    kind = shape.type_name
    if kind == "structure" and getattr(shape, "is_document_type", False):
        # JSON of any form; CloudFormation takes it as text too.
        return json.loads(value) if isinstance(value, str) else value
    if kind == "structure":
        if not isinstance(value, dict):
            raise UnknownProperty(f"{path}: an object is needed, not {value!r}")
        members = {name.lower(): name for name in shape.members}
        shaped = {}
        for name, inner in value.items():
            member = members.get(name.lower())
            if member is None:
                raise UnknownProperty(f"{path}.{name}: the API operation has no such parameter")
            shaped[member] = shape_value(shape.members[member], inner, f"{path}.{name}")
        return shaped
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [shape_value(shape.member, item, f"{path}[{index}]") for index, item in enumerate(items)]
    if kind == "map":
        if isinstance(value, list):
            value = {tag["Key"]: tag["Value"] for tag in value}
        return {str(name): shape_value(shape.value, inner, f"{path}.{name}") for name, inner in value.items()}
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    return value
