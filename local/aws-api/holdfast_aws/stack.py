"""What the local CloudFormation knows of a stack: its resources, events, outputs and exports."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .kinds import Context, Kind


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Resource:
    logical_id: str
    type: str
    kind: Kind
    context: Context
    physical_id: str
    # Evaluated, with dynamic references as they were written: their values are kept nowhere.
    properties: dict[str, Any]
    definition: dict[str, Any]
    status: str
    updated: datetime = field(default_factory=now)

    def policy(self, name: str) -> str:
        return str(self.definition.get(name, "Delete"))


class Stack:
    def __init__(self, account: str, region: str, name: str, tags: dict[str, str], role: str | None):
        self.account = account
        self.region = region
        self.name = name
        self.id = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
        self.status = "REVIEW_IN_PROGRESS"
        self.reason: str | None = None
        self.body = ""
        self.template: dict[str, Any] = {}
        self.parameters: dict[str, str] = {}
        self.tags = tags
        self.role = role
        self.resources: dict[str, Resource] = {}
        self.outputs: list[dict[str, Any]] = []
        self.imports: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.created = now()
        self.updated: datetime | None = None
        self.deleted: datetime | None = None
        self.protected = False
        self.lock = threading.RLock()

    def set_status(self, status: str, reason: str | None = None) -> None:
        self.status = status
        self.reason = reason
        self.event(self.name, self.id, "AWS::CloudFormation::Stack", status, reason)

    def event(self, logical: str, physical: str, type_name: str, status: str, reason: str | None = None) -> None:
        event = {
            "StackId": self.id,
            "EventId": str(uuid.uuid4()),
            "StackName": self.name,
            "LogicalResourceId": logical,
            "PhysicalResourceId": physical,
            "ResourceType": type_name,
            "Timestamp": now(),
            "ResourceStatus": status,
        }
        self.events.append({**event, "ResourceStatusReason": reason} if reason else event)

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "StackId": self.id,
            "StackName": self.name,
            "Description": self.template.get("Description"),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()
            ],
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated,
            "DeletionTime": self.deleted,
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "DisableRollback": False,
            "NotificationARNs": [],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Outputs": self.outputs,
            "RoleARN": self.role,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "EnableTerminationProtection": self.protected,
        }
        return {name: value for name, value in described.items() if value is not None}


class Stacks:
    """All stacks of the process, by account and region."""

    def __init__(self) -> None:
        self.all: list[Stack] = []
        self.lock = threading.RLock()

    def find(self, account: str, region: str, name_or_id: str) -> Stack | None:
        with self.lock:
            for stack in self.all:
                if stack.account == account and stack.region == region:
                    if stack.id == name_or_id or (stack.name == name_or_id and stack.status != "DELETE_COMPLETE"):
                        return stack
        return None

    def within(self, account: str, region: str) -> list[Stack]:
        with self.lock:
            return [stack for stack in self.all if stack.account == account and stack.region == region]

    def exports(self, account: str, region: str) -> list[dict[str, Any]]:
        return [
            {"ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
            for stack in self.within(account, region)
            if stack.status != "DELETE_COMPLETE"
            for output in stack.outputs
            if "ExportName" in output
        ]


STACKS = Stacks()
