"""One operation on a stack: create, update, roll back, delete. Resources are handled one after the other, each after
what it needs, as CloudFormation does but without its parallelism."""

from __future__ import annotations

import traceback
from typing import Any

from .dynamic_references import resolve
from .kinds import Context, KindError
from .plan import Plan, kind_of
from .stack import STACKS, Resource, Stack, now
from .template import TemplateError

KEPT = ("Retain", "RetainExceptOnCreate")


class Deployment(Plan):
    def __init__(self, stack: Stack, body: str, parameters: dict[str, str], tags: dict[str, str]):
        super().__init__(stack, body, parameters, tags)
        self.obsolete: list[Resource] = []

    def run(self, rollback: bool = True) -> None:
        """Creates or updates the stack; never raises: the outcome is the stack's status."""
        stack = self.stack
        creating = stack.status == "REVIEW_IN_PROGRESS"
        word = "CREATE" if creating else "UPDATE"
        stack.set_status(f"{word}_IN_PROGRESS", "User Initiated")
        before = dict(stack.resources)
        undo: list[tuple[str, Resource, Resource | None]] = []
        try:
            for name in self.order:
                self._handle(name, undo)
            outputs = self._outputs()
        except Exception as error:  # every failure of a resource ends here
            if not isinstance(error, _Failed):
                stack.event(stack.name, stack.id, "AWS::CloudFormation::Stack", f"{word}_FAILED", _reason(error))
            if rollback:
                self._roll_back(creating, before, undo, _reason(error))
            else:
                stack.set_status(f"{word}_FAILED", _reason(error))
            return
        stack.body, stack.template, stack.parameters = self.body, self.template, self.parameters
        stack.tags, stack.outputs, stack.imports = self.tags, outputs, self.imports
        if not creating:
            stack.updated = now()
            stack.set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            removed = [before[name] for name in reversed(list(before)) if name not in self.active]
            for resource in removed:
                stack.resources.pop(resource.logical_id, None)
            for resource in reversed(self.obsolete):
                self._remove(resource, "UpdateReplacePolicy")
            for resource in removed:
                self._remove(resource, "DeletionPolicy")
        stack.resources = {name: stack.resources[name] for name in self.order}
        stack.set_status(f"{word}_COMPLETE")

    def _outputs(self) -> list[dict[str, Any]]:
        outputs = []
        taken = {
            export["Name"]
            for export in STACKS.exports(self.stack.account, self.stack.region)
            if export["ExportingStackId"] != self.stack.id
        }
        for key, output in self.template.get("Outputs", {}).items():
            if "Condition" in output and not self.evaluator.condition(output["Condition"]):
                continue
            value = {"OutputKey": key, "OutputValue": str(self.evaluator.value(output["Value"]))}
            if output.get("Description"):
                value["Description"] = output["Description"]
            if "Export" in output:
                value["ExportName"] = str(self.evaluator.value(output["Export"]["Name"]))
                if value["ExportName"] in taken:
                    raise TemplateError(f"Export with name {value['ExportName']} is already exported by another stack")
            outputs.append(value)
        return outputs

    def _handle(self, name: str, undo: list[tuple[str, Resource, Resource | None]]) -> None:
        stack, definition = self.stack, self.active[name]
        type_name, old = definition["Type"], stack.resources.get(name)
        word = "UPDATE" if old else "CREATE"
        try:
            properties = self.evaluator.value(definition.get("Properties", {}))
            if old and old.type == type_name:
                if properties == old.properties:
                    old.definition = definition
                    return
                names = {key for key in {*properties, *old.properties}
                         if properties.get(key) != old.properties.get(key)}
                if not names & set(old.kind.create_only):
                    self._update(old, properties, definition, undo)
                    return
            made = self._create(name, type_name, properties, definition, word)
            if old:
                self.obsolete.append(old)
            undo.append(("created", made, old))
        except Exception as error:
            if not isinstance(error, (KindError, TemplateError)) and not hasattr(error, "response"):
                traceback.print_exc()
            stack.event(name, old.physical_id if old else "", type_name, f"{word}_FAILED", _reason(error))
            raise _Failed(f"The following resource(s) failed to {word.lower()}: [{name}]. {_reason(error)}") from error

    def _create(
        self, name: str, type_name: str, properties: dict[str, Any], definition: dict[str, Any], word: str
    ) -> Resource:
        stack, kind = self.stack, kind_of(type_name)
        if kind is None:
            raise KindError(f"Unrecognized resource type {type_name}")
        context = Context(stack.account, stack.region, stack.name, stack.id, name, type_name)
        stack.event(name, "", type_name, f"{word}_IN_PROGRESS")
        physical = kind.create(context, resolve(context, properties))
        made = Resource(name, type_name, kind, context, physical, properties, definition, f"{word}_COMPLETE")
        stack.resources[name] = made
        stack.event(name, physical, type_name, f"{word}_COMPLETE")
        return made

    def _update(
        self,
        old: Resource,
        properties: dict[str, Any],
        definition: dict[str, Any],
        undo: list[tuple[str, Resource, Resource | None]],
    ) -> None:
        stack, context = self.stack, old.context
        stack.event(old.logical_id, old.physical_id, old.type, "UPDATE_IN_PROGRESS")
        physical = old.kind.update(
            context, old.physical_id, resolve(context, properties), resolve(context, old.properties)
        ) or old.physical_id
        new = Resource(
            old.logical_id, old.type, old.kind, context, physical, properties, definition, "UPDATE_COMPLETE"
        )
        stack.resources[old.logical_id] = new
        undo.append(("updated", new, old))
        if physical != old.physical_id:
            self.obsolete.append(old)
        stack.event(old.logical_id, physical, old.type, "UPDATE_COMPLETE")

    def _roll_back(
        self, creating: bool, before: dict[str, Resource],
        undo: list[tuple[str, Resource, Resource | None]], reason: str,
    ) -> None:
        stack = self.stack
        stack.set_status("ROLLBACK_IN_PROGRESS" if creating else "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        failures = []
        for what, made, old in reversed(undo):
            try:
                if what == "created":
                    # RetainExceptOnCreate: what this operation itself created goes.
                    if made.policy("DeletionPolicy") == "Retain":
                        stack.event(made.logical_id, made.physical_id, made.type, "DELETE_SKIPPED")
                    else:
                        self._delete(made)
                elif old is not None:
                    made.kind.update(
                        made.context, old.physical_id,
                        resolve(made.context, old.properties), resolve(made.context, made.properties),
                    )
            except Exception as error:
                failures.append(f"{made.logical_id}: {_reason(error)}")
        stack.resources = {} if creating else before
        word = "ROLLBACK" if creating else "UPDATE_ROLLBACK"
        stack.set_status(f"{word}_FAILED" if failures else f"{word}_COMPLETE", "; ".join(failures) or None)

    def _remove(self, resource: Resource, policy: str) -> None:
        stack = self.stack
        if resource.policy(policy) in KEPT:
            stack.event(resource.logical_id, resource.physical_id, resource.type, "DELETE_SKIPPED")
            return
        try:
            self._delete(resource)
        except Exception as error:  # CloudFormation also ends with UPDATE_COMPLETE then
            stack.event(
                resource.logical_id, resource.physical_id, resource.type, "DELETE_FAILED", _reason(error)
            )

    def _delete(self, resource: Resource) -> None:
        delete_resource(self.stack, resource)


class _Failed(Exception):
    pass


def delete_resource(stack: Stack, resource: Resource) -> None:
    stack.event(resource.logical_id, resource.physical_id, resource.type, "DELETE_IN_PROGRESS")
    resource.kind.delete(resource.context, resource.physical_id, resource.properties)
    stack.event(resource.logical_id, resource.physical_id, resource.type, "DELETE_COMPLETE")


def delete_stack(stack: Stack) -> None:
    """Deletes what the policies do not keep, in reverse order; the outcome is the stack's status."""
    stack.set_status("DELETE_IN_PROGRESS", "User Initiated")
    failed = []
    for name in reversed(list(stack.resources)):
        resource = stack.resources[name]
        if resource.policy("DeletionPolicy") in KEPT:
            stack.event(name, resource.physical_id, resource.type, "DELETE_SKIPPED")
        else:
            try:
                delete_resource(stack, resource)
            except Exception as error:
                stack.event(name, resource.physical_id, resource.type, "DELETE_FAILED", _reason(error))
                failed.append(name)
                continue
        del stack.resources[name]
    if failed:
        stack.set_status("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}].")
    else:
        stack.deleted = now()
        stack.outputs = []
        stack.set_status("DELETE_COMPLETE")


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
