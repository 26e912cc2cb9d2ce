"""Templates: reading, parameters, conditions, intrinsic functions and what depends on what. No AWS call in here;
what must be asked (parameters, exports, attributes of resources) comes in as functions."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from typing import Any, Callable

import yaml

NO_VALUE = object()
_SUB = re.compile(r"\$\{(!?)([^}]*)\}")


class TemplateError(Exception):
    """The template or its values are wrong; the message is CloudFormation's answer."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


def _short_form(loader: Any, suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
# Dates such as 2012-10-17 are strings in templates.
_Loader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def parse(body: str) -> dict[str, Any]:
    """Template text, JSON or YAML, to a dictionary."""
    try:
        template = json.loads(body) if body.lstrip().startswith("{") else yaml.load(body, Loader=_Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"Template format error: {error}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    return template


def resource_types(template: dict[str, Any]) -> list[str]:
    return sorted({str(resource.get("Type")) for resource in template["Resources"].values()})


def references(value: Any) -> set[str]:
    """Names that a value refers to by Ref, Fn::GetAtt and Fn::Sub (resources, parameters, pseudo parameters)."""
    found: set[str] = set()
    if isinstance(value, list):
        for item in value:
            found |= references(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                found.add(inner)
            elif key == "Fn::GetAtt":
                found.add(inner[0] if isinstance(inner, list) else inner.split(".", 1)[0])
            elif key == "Fn::Sub":
                text, names = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])
                found |= references(list(names.values()))
                for literal, name in _SUB.findall(text):
                    if not literal and name not in names:
                        found.add(name.split(".", 1)[0])
                continue
            found |= references(inner)
    return found


def dependency_order(resources: dict[str, Any]) -> list[str]:
    """Logical ids so that each comes after what it needs, otherwise in the template's order."""
    needs: dict[str, set[str]] = {}
    for name, resource in resources.items():
        depends = resource.get("DependsOn", [])
        depends = [depends] if isinstance(depends, str) else depends
        needs[name] = {
            other for other in references(resource.get("Properties", {})) | set(depends) if other in resources
        }
        if name in needs[name]:
            raise TemplateError(f"Circular dependency between resources: [{name}]")
    ordered: list[str] = []
    state: dict[str, int] = {}

    def visit(name: str, path: list[str]) -> None:
        if state.get(name) == 2:
            return
        if state.get(name) == 1:
            raise TemplateError(f"Circular dependency between resources: [{', '.join(path[path.index(name):])}]")
        state[name] = 1
        for other in sorted(needs[name], key=list(resources).index):
            visit(other, [*path, name])
        state[name] = 2
        ordered.append(name)

    for name in resources:
        visit(name, [])
    return ordered


class Evaluator:
    """Evaluates one template. `ref` and `attribute` answer for resources; they raise TemplateError if they cannot."""

    def __init__(
        self,
        template: dict[str, Any],
        parameters: dict[str, Any],
        pseudo: dict[str, Any],
        ref: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
        import_value: Callable[[str], Any],
        stack_output: Callable[[dict[str, Any]], Any],
    ):
        self.template = template
        self.parameters = parameters
        self.pseudo = {**pseudo, "AWS::NoValue": NO_VALUE}
        self._ref = ref
        self._attribute = attribute
        self._import_value = import_value
        self._stack_output = stack_output
        self._conditions: dict[str, bool] = {}

    def condition(self, name: str) -> bool:
        if name not in self._conditions:
            conditions = self.template.get("Conditions", {})
            if name not in conditions:
                raise TemplateError(f"Template format error: Unresolved condition dependency {name}")
            self._conditions[name] = bool(self._logic(conditions[name]))
        return self._conditions[name]

    def active(self) -> dict[str, Any]:
        """The resources whose condition holds."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }

    def _logic(self, value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1:
            key, inner = next(iter(value.items()))
            if key == "Condition":
                return self.condition(inner)
            if key == "Fn::Equals":
                left, right = (self.value(item) for item in inner)
                return _text(left) == _text(right)
            if key == "Fn::Not":
                return not self._logic(inner[0])
            if key == "Fn::And":
                return all(self._logic(item) for item in inner)
            if key == "Fn::Or":
                return any(self._logic(item) for item in inner)
        return _text(self.value(value)) == "true"

    def value(self, value: Any) -> Any:
        """The value with every function replaced; NO_VALUE members are left out of dictionaries and lists."""
        if isinstance(value, list):
            return [item for item in (self.value(item) for item in value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            key, inner = next(iter(value.items()))
            if key == "Ref":
                return self.reference(inner)
            if key.startswith("Fn::"):
                function = getattr(self, f"_{key[4:].lower()}", None)
                if function is None:
                    raise TemplateError(f"Template error: the local CloudFormation does not know {key}")
                return function(inner)
        evaluated = {key: self.value(inner) for key, inner in value.items()}
        return {key: inner for key, inner in evaluated.items() if inner is not NO_VALUE}

    def reference(self, name: str) -> Any:
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self._ref(name)

    def _getatt(self, inner: Any) -> Any:
        name, attribute = inner.split(".", 1) if isinstance(inner, str) else (inner[0], self.value(inner[1]))
        return self._attribute(name, attribute)

    def _if(self, inner: Any) -> Any:
        return self.value(inner[1] if self.condition(inner[0]) else inner[2])

    def _join(self, inner: Any) -> str:
        items = self.value(inner[1])
        if not isinstance(items, list):
            raise TemplateError("Template error: every Fn::Join object requires two parameters, (1) a string delimiter "
                                "and (2) a list of strings to be joined")
        return inner[0].join(_text(item) for item in items)

    def _split(self, inner: Any) -> list[str]:
        return _text(self.value(inner[1])).split(inner[0])

    def _select(self, inner: Any) -> Any:
        index, items = int(self.value(inner[0])), self.value(inner[1])
        if index >= len(items):
            raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
        return items[index]

    def _sub(self, inner: Any) -> str:
        text, names = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])

        def replace(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            if name in names:
                return _text(self.value(names[name]))
            return _text(self._getatt(name) if "." in name else self.reference(name))

        return _SUB.sub(replace, text)

    def _findinmap(self, inner: Any) -> Any:
        found: Any = self.template.get("Mappings", {})
        for step in (self.value(item) for item in inner[:3]):
            if step not in found:
                raise TemplateError(f"Template error: Unable to get mapping for {inner}")
            found = found[step]
        return found

    def _importvalue(self, inner: Any) -> Any:
        return self._import_value(_text(self.value(inner)))

    def _getstackoutput(self, inner: Any) -> Any:
        return self._stack_output(self.value(inner))

    def _getazs(self, inner: Any) -> list[str]:
        region = self.value(inner) or self.pseudo["AWS::Region"]
        return [f"{region}{letter}" for letter in "abc"]

    def _base64(self, inner: Any) -> str:
        return base64.b64encode(_text(self.value(inner)).encode()).decode()

    def _cidr(self, inner: Any) -> list[str]:
        block, count, bits = (self.value(item) for item in inner)
        subnets = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(network) for network, _ in zip(subnets, range(int(count)))]

    def _tojsonstring(self, inner: Any) -> str:
        return json.dumps(self.value(inner), separators=(",", ":"))

    def _length(self, inner: Any) -> int:
        return len(self.value(inner))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise TemplateError(f"Template error: a string is needed where {json.dumps(value, default=str)[:80]} stands")
    return str(value)
