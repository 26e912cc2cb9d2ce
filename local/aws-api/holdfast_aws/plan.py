"""What a template means for a stack: its values, its resources in order, and what would change. Nothing is done here."""

from __future__ import annotations

from typing import Any

from .kinds import KINDS, Context, Kind
from .stack import STACKS, Resource, Stack
from .template import Evaluator, TemplateError, dependency_order, parse, resource_types


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


class Plan:
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


def _content(definition: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key != "Metadata"}
