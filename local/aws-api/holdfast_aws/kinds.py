"""Resource types. A Kind turns the properties of one CloudFormation type into calls of the service's own API: what
CloudFormation accepts here is what the service (moto) really stores, and a property that no call takes is refused
instead of dropped."""

from __future__ import annotations

import random
import string
from typing import Any, Callable

from .api_client import Caller, shape_value
from .template import TemplateError

KINDS: dict[str, "Kind"] = {}


class KindError(Exception):
    """The resource could not be handled; the message becomes the reason in the stack's events."""


class Context(Caller):
    """Where a resource lives and what it may ask."""

    def __init__(self, account: str, region: str, stack_name: str, stack_id: str, logical_id: str, type_name: str):
        super().__init__(region)
        self.account = account
        self.stack_name = stack_name
        self.stack_id = stack_id
        self.logical_id = logical_id
        self.type = type_name

    def name(self, longest: int, lower: bool = False, separator: str = "-") -> str:
        """A physical name as CloudFormation makes it: stack, logical id and twelve random characters."""
        suffix = "".join(random.choices(string.ascii_uppercase + string.digits, k=12))
        head = f"{self.stack_name}{separator}{self.logical_id}"[: longest - 13].rstrip("-")
        made = f"{head}{separator}{suffix}"
        return made.lower() if lower else made

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account}:{resource}"


class Kind:
    """Base of all types. `create_only` properties force a replacement; `verified` is False for types without a real
    backend: their resources exist only in the stack."""

    type: str = ""
    create_only: tuple[str, ...] = ()
    verified: bool = True
    attributes: dict[str, Callable[[Context, str, dict[str, Any]], Any]] = {}

    def create(self, c: Context, p: dict[str, Any]) -> str:
        raise NotImplementedError

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        raise KindError(f"The local AWS API cannot update {self.type} in place; see docs/local-api.md")

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        raise NotImplementedError

    def ref(self, c: Context, id: str, p: dict[str, Any]) -> Any:
        return id

    def attribute(self, c: Context, id: str, p: dict[str, Any], name: str) -> Any:
        if name not in self.attributes:
            short = self.type.rsplit(":", 1)[-1]
            raise TemplateError(f"Template error: resource {short} does not support attribute type {name} in Fn::GetAtt")
        return self.attributes[name](c, id, p)


def kind(type_name: str, create_only: str = "", attributes: dict[str, Any] | None = None) -> Callable[[type], type]:
    """Registers a Kind. `create_only` is a space-separated list."""

    def register(cls: type) -> type:
        instance = cls()
        instance.type = type_name
        instance.create_only = tuple(create_only.split())
        instance.attributes = attributes or {}
        KINDS[type_name] = instance
        return cls

    return register


def changed(p: dict[str, Any], old: dict[str, Any], *names: str) -> bool:
    return any(p.get(name) != old.get(name) for name in names)


def pick(p: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: p[name] for name in names if name in p}


def without(p: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in p.items() if name not in names}


def tags_changed(p: dict[str, Any], old: dict[str, Any]) -> tuple[list[dict[str, str]], list[str]]:
    """Tags to set and keys to remove, from two lists of Key and Value."""
    new = {tag["Key"]: tag["Value"] for tag in p.get("Tags", [])}
    before = {tag["Key"]: tag["Value"] for tag in old.get("Tags", [])}
    wanted = [{"Key": key, "Value": value} for key, value in new.items() if before.get(key) != value]
    return wanted, [key for key in before if key not in new]


__all__ = [
    "KINDS", "Context", "Kind", "KindError", "changed", "kind", "pick", "shape_value", "tags_changed", "without",
]
