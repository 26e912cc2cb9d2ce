"""AWS::Lambda."""

from __future__ import annotations

from typing import Any

from .. import logs
from ..kinds import Context, Kind, KindError, changed, kind, pick, tags_changed, without

_CONFIGURATION = ("Handler", "Role", "Runtime", "Description", "Timeout", "MemorySize", "Environment", "VpcConfig",
                  "TracingConfig", "KMSKeyArn", "DeadLetterConfig", "Layers", "EphemeralStorage", "LoggingConfig")


def _arn(c: Context, id: str, p: dict[str, Any]) -> str:
    return c.arn("lambda", f"function:{id}")


@kind("AWS::Lambda::Function", "FunctionName PackageType Architectures", {"Arn": _arn})
class Function(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("FunctionName") or c.name(64))
        core = without(p, "FunctionName", "ReservedConcurrentExecutions", "RecursiveLoop", "RuntimeManagementConfig")
        code = dict(core["Code"])
        if "ZipFile" in code:
            raise KindError("Code.ZipFile is not known to the local AWS API: give the code as an asset")
        c.call("lambda", "create_function", {**core, "Code": code}, FunctionName=name)
        self._concurrency(c, name, p, {})
        logs.write_to(c.region, name, p.get("LoggingConfig", {}).get("LogGroup"))
        return name

    @staticmethod
    def _concurrency(c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if not changed(p, old, "ReservedConcurrentExecutions"):
            return
        if "ReservedConcurrentExecutions" in p:
            count = int(p["ReservedConcurrentExecutions"])
            c.call("lambda", "put_function_concurrency", FunctionName=id, ReservedConcurrentExecutions=count)
        else:
            c.call("lambda", "delete_function_concurrency", FunctionName=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "Code"):
            c.call("lambda", "update_function_code", pick(p["Code"], "S3Bucket", "S3Key"), FunctionName=id)
        if changed(p, old, *_CONFIGURATION):
            c.call("lambda", "update_function_configuration", pick(p, *_CONFIGURATION), FunctionName=id)
        self._concurrency(c, id, p, old)
        logs.write_to(c.region, id, p.get("LoggingConfig", {}).get("LogGroup"))
        wanted, removed = tags_changed(p, old)
        if wanted:
            tags = {tag["Key"]: tag["Value"] for tag in wanted}
            c.call("lambda", "tag_resource", Resource=_arn(c, id, p), Tags=tags)
        if removed:
            c.call("lambda", "untag_resource", Resource=_arn(c, id, p), TagKeys=removed)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("lambda", "delete_function", FunctionName=id)


@kind(
    "AWS::Lambda::Permission",
    "Action FunctionName Principal SourceArn SourceAccount EventSourceToken PrincipalOrgID FunctionUrlAuthType "
    "InvokedViaFunctionUrl",
    {"Id": lambda c, id, p: id},
)
class Permission(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = c.name(100)
        c.call("lambda", "add_permission", p, StatementId=id)
        return id

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("lambda", "remove_permission", FunctionName=p["FunctionName"], StatementId=id)


@kind(
    "AWS::Lambda::EventInvokeConfig",
    "FunctionName Qualifier",
)
class EventInvokeConfig(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        # moto does not know the qualifier.
        c.call("lambda", "put_function_event_invoke_config", without(p, "Qualifier"))
        return c.name(128)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("lambda", "put_function_event_invoke_config", without(p, "Qualifier"))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("lambda", "delete_function_event_invoke_config", FunctionName=p["FunctionName"])
