"""One operation on a stack: create, update, roll back, delete. Resources are handled one after the other, each after
what it needs, as CloudFormation does but without its parallelism."""

from __future__ import annotations

import traceback
from typing import Any

from .dynamic_references import resolve
from .kinds import KINDS, Context, Kind, KindError
from .stack import STACKS, Resource, Stack, now
from .template import Evaluator, TemplateError, dependency_order, parse, resource_types

KEPT = ("Retain", "RetainExceptOnCreate")


def kind_of(type_name: str) -> Kind | None:
    if type_name.startswith("Custom::"):
        return KINDS["AWS::CloudFormation::CustomResource"]
    return KINDS.get(type_name)


def check_types(template: dict[str, Any]) -> None:
    unknown = [name for name in resource_types(template) if kind_of(name) is None]
    if unknown:
        raise TemplateError(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]. The local AWS API has no "
            "catch-all: each type needs an entry below local/aws-api/holdfast_aws/types."
        )


class Deployment:
    def __init__(self, stack: Stack, body: str, parameters: dict[str, str], tags: dict[str, str]):
        self.stack = stack
        self.body = body
        self.template = parse(body)
        check_types(self.template)
        self.parameters = parameters
        self.tags = tags
        self.imports: set[str] = set()
        self.evaluator = self._evaluator()
        self.active = self.evaluator.active()
        self.order = dependency_order(self.active)
        self.obsolete: list[Resource] = []

    def _evaluator(self) -> Evaluator:
        stack = self.stack
        pseudo = {
            "AWS::AccountId": stack.account,
            "AWS::Region": stack.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::Partition": "aws",
            "AWS::NotificationARNs": [],
        }
        return Evaluator(
            self.template, self._parameter_values(), pseudo, self._ref, self._attribute, self._import, self._output_of
        )

    def _parameter_values(self) -> dict[str, Any]:
        context = Context(self.stack.account, self.stack.region, self.stack.name, self.stack.id, "", "")
        values: dict[str, Any] = {}
        declared = self.template.get("Parameters", {})
        for unknown in [name for name in self.parameters if name not in declared]:
            raise TemplateError(f"Parameters: [{unknown}] do not exist in the template")
        for name, parameter in declared.items():
            value: Any = self.parameters.get(name, parameter.get("Default"))
            if value is None:
                raise TemplateError(f"Parameters: [{name}] must have values")
            kind = parameter.get("Type", "String")
            if kind.startswith("AWS::SSM::Parameter::Value"):
                try:
                    value = context.call("ssm", "get_parameter", Name=value)["Parameter"]["Value"]
                except Exception as error:
                    raise TemplateError(
                        f"Unable to fetch parameters [{value}] from parameter store for this account. ({error})"
                    ) from error
            if "List" in kind and isinstance(value, str):
                value = [item.strip() for item in value.split(",")] if value else []
            allowed = parameter.get("AllowedValues")
            if allowed and value not in allowed:
                raise TemplateError(f"Parameter '{name}' must be one of AllowedValues")
            values[name] = value
        return values

    def _resource(self, name: str) -> Resource:
        resource = self.stack.resources.get(name)
        if resource is None or name not in self.active:
            raise TemplateError(f"Template format error: Unresolved resource dependencies [{name}]")
        return resource

    def _ref(self, name: str) -> Any:
        resource = self._resource(name)
        return resource.kind.ref(resource.context, resource.physical_id, resource.properties)

    def _attribute(self, name: str, attribute: str) -> Any:
        resource = self._resource(name)
        return resource.kind.attribute(resource.context, resource.physical_id, resource.properties, attribute)

    def _import(self, name: str) -> Any:
        for export in STACKS.exports(self.stack.account, self.stack.region):
            if export["Name"] == name:
                self.imports.add(name)
                return export["Value"]
        raise TemplateError(f"No export named {name} found.")

    def _output_of(self, reference: dict[str, Any]) -> Any:
        region = reference.get("Region", self.stack.region)
        stack = STACKS.find(self.stack.account, region, reference["StackName"])
        for output in stack.outputs if stack else []:
            if output["OutputKey"] == reference["OutputName"]:
                return output["OutputValue"]
        raise TemplateError(f"Fn::GetStackOutput: {reference['StackName']} has no output {reference['OutputName']}")

    # -- what would change -------------------------------------------------------------------------------------------

    def changes(self) -> list[dict[str, Any]]:
        old = self.stack.resources
        found = []
        for name in self.order:
            definition = self.active[name]
            if name not in old:
                found.append(("Add", name, definition["Type"], None))
            elif _content(definition) != _content(old[name].definition) or self._inputs_changed(definition):
                found.append(("Modify", name, definition["Type"], self._replacement(old[name], definition)))
        found += [("Remove", name, old[name].type, None) for name in old if name not in self.active]
        return [
            {
                "Type": "Resource",
                "ResourceChange": {
                    "Action": action,
                    "LogicalResourceId": name,
                    "ResourceType": type_name,
                    **({"PhysicalResourceId": old[name].physical_id} if name in old else {}),
                    **({"Replacement": replacement} if replacement else {}),
                },
            }
            for action, name, type_name, replacement in found
        ]

    def _inputs_changed(self, definition: dict[str, Any]) -> bool:
        used = {name for name, value in self.parameters.items() if self.stack.parameters.get(name) != value}
        return any(f'"{name}"' in str(definition).replace("'", '"') for name in used)

    @staticmethod
    def _replacement(old: Resource, definition: dict[str, Any]) -> str:
        before, after = old.definition.get("Properties", {}), definition.get("Properties", {})
        names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        return "True" if names & set(old.kind.create_only) else "False"

    def nothing_changes(self) -> bool:
        stack = self.stack
        if stack.status == "REVIEW_IN_PROGRESS":
            return False
        return stack.template == self.template and stack.parameters == self.parameters and stack.tags == self.tags

    # -- doing it ----------------------------------------------------------------------------------------------------

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


def _content(definition: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key != "Metadata"}


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
