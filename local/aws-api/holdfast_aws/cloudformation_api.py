"""The CloudFormation API on our engine, in moto's request and response machinery."""

from __future__ import annotations

import threading
import uuid
from typing import Any

from moto.cloudformation import urls
from moto.cloudformation.exceptions import AlreadyExistsException, CloudFormationError, ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from .deployment import Deployment, delete_stack
from .stack import STACKS, Stack, now
from .template import TemplateError, parse

# A stack that is done within this time is done on the first look of whoever waits for it: `cdk` looks every 5 s.
ANSWER_WITHIN_SECONDS = 20.0
# CloudFormation answers a failed change set of an unchanged template with exactly this.
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)

_change_sets: dict[str, dict[str, Any]] = {}


class ChangeSetNotFound(CloudFormationError):
    """The CDK waits for exactly this code after it has deleted a change set."""

    code = "ChangeSetNotFound"


class CloudFormation(CloudFormationResponse):
    RESPONSE_KEY_PATH_TO_TRANSFORMER: dict[str, Any] = {}

    def _stack(self, name: str | None = None) -> Stack:
        name = name or self._get_param("StackName")
        stack = STACKS.find(self.current_account, self.region, name)
        if stack is None:
            raise ValidationError(message=f"Stack with id {name} does not exist")
        return stack

    def _tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self._get_param("Tags", [])}

    def _body(self, stack: Stack | None) -> str:
        if self._get_bool_param("UsePreviousTemplate", False) and stack:
            return stack.body
        url = self._get_param("TemplateURL")
        return str(self._get_stack_from_s3_url(url) if url else self._get_param("TemplateBody"))

    def _parameters(self, stack: Stack | None) -> dict[str, str]:
        values = {}
        for parameter in self._get_param("Parameters", []):
            key = parameter["ParameterKey"]
            if parameter.get("UsePreviousValue") and stack:
                values[key] = stack.parameters[key]
            else:
                values[key] = parameter.get("ParameterValue", "")
        return values

    def _deployment(self, stack: Stack) -> Deployment:
        body, parameters = self._body(stack), self._parameters(stack)
        try:
            declared = parse(body).get("Parameters", {})
            values = {key: str(spec["Default"]) for key, spec in declared.items() if "Default" in spec}
            return Deployment(stack, body, {**values, **parameters}, self._tags())
        except TemplateError as error:
            raise ValidationError(message=str(error)) from error

    def _new_stack(self) -> Stack:
        return Stack(
            self.current_account, self.region, self._get_param("StackName"), self._tags(), self._get_param("RoleARN")
        )

    # -- change sets -------------------------------------------------------------------------------------------------

    def create_change_set(self) -> ActionResult:
        kind = self._get_param("ChangeSetType", "UPDATE")
        stack = STACKS.find(self.current_account, self.region, self._get_param("StackName"))
        if kind == "CREATE" and (stack is None or stack.status == "REVIEW_IN_PROGRESS"):
            fresh = stack or self._new_stack()
        elif stack is None:
            raise ValidationError(message=f"Stack [{self._get_param('StackName')}] does not exist")
        elif kind == "CREATE":
            raise AlreadyExistsException(f"Stack [{stack.name}] already exists and cannot be created again")
        else:
            fresh = stack
        if fresh.status.endswith("IN_PROGRESS") and fresh.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(message=f"Stack:{fresh.id} is in {fresh.status} state and can not be updated.")
        if fresh.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            raise ValidationError(message=f"Stack:{fresh.id} is in {fresh.status} state and can not be updated.")
        deployment = self._deployment(fresh)
        if stack is None:
            STACKS.all.append(fresh)
        name = self._get_param("ChangeSetName")
        change_set_id = f"arn:aws:cloudformation:{self.region}:{self.current_account}:changeSet/{name}/{uuid.uuid4()}"
        unchanged = deployment.nothing_changes()
        _change_sets[change_set_id] = {
            "deployment": deployment,
            "description": {
                "ChangeSetName": name,
                "ChangeSetId": change_set_id,
                "StackId": fresh.id,
                "StackName": fresh.name,
                "CreationTime": now(),
                "ExecutionStatus": "UNAVAILABLE" if unchanged else "AVAILABLE",
                "Status": "FAILED" if unchanged else "CREATE_COMPLETE",
                "StatusReason": NO_CHANGES if unchanged else None,
                "Capabilities": self._get_param("Capabilities", []),
                "Tags": self._get_param("Tags", []),
                "Changes": [] if unchanged else deployment.changes(),
            },
        }
        return ActionResult({"Id": change_set_id, "StackId": fresh.id})

    def _change_set(self) -> dict[str, Any]:
        wanted, stack = self._get_param("ChangeSetName"), self._get_param("StackName")
        if wanted in _change_sets:
            return _change_sets[wanted]
        for change_set in reversed(list(_change_sets.values())):
            described = change_set["description"]
            if described["ChangeSetName"] == wanted and stack in (described["StackName"], described["StackId"]):
                return change_set
        raise ChangeSetNotFound(f"ChangeSet [{wanted}] does not exist")

    def describe_change_set(self) -> ActionResult:
        described = self._change_set()["description"]
        return ActionResult({key: value for key, value in described.items() if value is not None})

    def list_change_sets(self) -> ActionResult:
        stack = self._stack()
        found = [entry["description"] for entry in _change_sets.values()]
        keys = ("StackId", "StackName", "ChangeSetId", "ChangeSetName", "ExecutionStatus", "Status", "CreationTime")
        return ActionResult(
            {"Summaries": [{key: one[key] for key in keys} for one in found if one["StackId"] == stack.id]}
        )

    def delete_change_set(self) -> ActionResult:
        # CloudFormation demands that the stack exists, not the change set; the CDK relies on it.
        wanted = self._get_param("ChangeSetName")
        if not wanted.startswith("arn:"):
            self._stack()
        for id, change_set in list(_change_sets.items()):
            described = change_set["description"]
            named = described["ChangeSetName"] == wanted and self._get_param("StackName") in (
                described["StackName"],
                described["StackId"],
            )
            if id == wanted or named:
                _change_sets.pop(id, None)
        return EmptyResult()

    def execute_change_set(self) -> ActionResult:
        change_set = self._change_set()
        if change_set["description"]["ExecutionStatus"] != "AVAILABLE":
            raise ValidationError(message="ChangeSet cannot be executed in its current status")
        change_set["description"]["ExecutionStatus"] = "EXECUTE_COMPLETE"
        rollback = not self._get_bool_param("DisableRollback", False)
        _in_background(lambda: change_set["deployment"].run(rollback))
        return EmptyResult()

    # -- stacks ------------------------------------------------------------------------------------------------------

    def create_stack(self) -> ActionResult:
        if STACKS.find(self.current_account, self.region, self._get_param("StackName")):
            raise AlreadyExistsException(f"Stack [{self._get_param('StackName')}] already exists")
        stack = self._new_stack()
        deployment = self._deployment(stack)
        stack.protected = bool(self._get_bool_param("EnableTerminationProtection", False))
        STACKS.all.append(stack)
        _in_background(deployment.run)
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        stack = self._stack()
        deployment = self._deployment(stack)
        if deployment.nothing_changes():
            raise ValidationError(message="No updates are to be performed.")
        _in_background(deployment.run)
        return ActionResult({"StackId": stack.id})

    def delete_stack(self) -> ActionResult:
        stack = STACKS.find(self.current_account, self.region, self._get_param("StackName"))
        if stack is None or stack.status == "DELETE_COMPLETE":
            return EmptyResult()
        if stack.protected:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        mine = {output.get("ExportName") for output in stack.outputs} - {None}
        for other in STACKS.within(self.current_account, self.region):
            if other is not stack and other.status != "DELETE_COMPLETE" and mine & other.imports:
                raise ValidationError(
                    message=f"Export {sorted(mine & other.imports)[0]} cannot be deleted as it is in use by {other.name}"
                )
        _in_background(lambda: delete_stack(stack))
        return EmptyResult()

    def update_termination_protection(self) -> ActionResult:
        stack = self._stack()
        stack.protected = bool(self._get_bool_param("EnableTerminationProtection", False))
        return ActionResult({"StackId": stack.id})

    def describe_stacks(self) -> ActionResult:
        if self._get_param("StackName"):
            return ActionResult({"Stacks": [self._stack().describe()]})
        stacks = STACKS.within(self.current_account, self.region)
        return ActionResult({"Stacks": [one.describe() for one in stacks if one.status != "DELETE_COMPLETE"]})

    def list_stacks(self) -> ActionResult:
        wanted = self._get_param("StackStatusFilter", [])
        found = [one.describe() for one in STACKS.within(self.current_account, self.region)]
        keys = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus")
        return ActionResult(
            {
                "StackSummaries": [
                    {key: one[key] for key in keys if key in one}
                    for one in found
                    if not wanted or one["StackStatus"] in wanted
                ]
            }
        )

    def describe_stack_events(self) -> ActionResult:
        return ActionResult({"StackEvents": list(reversed(self._stack().events))})

    def get_template(self) -> ActionResult:
        return ActionResult({"TemplateBody": self._stack().body, "StagesAvailable": ["Original", "Processed"]})

    def list_exports(self) -> ActionResult:
        return ActionResult({"Exports": STACKS.exports(self.current_account, self.region)})

    def _resource_details(self) -> list[dict[str, Any]]:
        stack = self._stack()
        return [
            {
                "StackName": stack.name,
                "StackId": stack.id,
                "LogicalResourceId": one.logical_id,
                "PhysicalResourceId": one.physical_id,
                "ResourceType": one.type,
                "Timestamp": one.updated,
                "LastUpdatedTimestamp": one.updated,
                "ResourceStatus": one.status,
            }
            for one in stack.resources.values()
        ]

    def list_stack_resources(self) -> ActionResult:
        return ActionResult({"StackResourceSummaries": self._resource_details()})

    def describe_stack_resources(self) -> ActionResult:
        wanted = self._get_param("LogicalResourceId")
        found = [one for one in self._resource_details() if wanted in (None, one["LogicalResourceId"])]
        return ActionResult({"StackResources": found})

    def describe_stack_resource(self) -> ActionResult:
        wanted = self._get_param("LogicalResourceId")
        for one in self._resource_details():
            if one["LogicalResourceId"] == wanted:
                return ActionResult({"StackResourceDetail": one})
        raise ValidationError(message=f"Resource {wanted} does not exist for stack {self._get_param('StackName')}")


def _in_background(work: Any) -> None:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(ANSWER_WITHIN_SECONDS)


def install() -> None:
    urls.url_paths = {"{0}/$": CloudFormation.dispatch}
