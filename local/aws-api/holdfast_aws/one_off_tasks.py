"""One-off tasks of ECS (RunTask), as processes of the sample application: a migration runs for real, against the real
database, and its exit code is that of the process.

What it does not do: whatever the command of the container says, the sample runs its own migration; only the first
container is started; there is no time to fetch an image. Without a sample moto's own tasks stay, which all end well."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.ecs.responses import EC2ContainerServiceResponse

from . import functions, settings
from .api_client import client

_SETTINGS = "SAMPLE_SETTINGS"
_lock = threading.Lock()
# (region, token) -> tasks: the same token starts the same task.
_by_token: dict[tuple[str, str], list[Task]] = {}
_processes: dict[str, subprocess.Popen[bytes]] = {}


def _secret(region: str, reference: str) -> str:
    """`arn:...:secret:<name>` with an optional `:<field>::`."""
    name, _, rest = reference.split(":", 6)[6].partition(":")
    text = client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    field = rest.split(":")[0]
    return str(json.loads(text)[field]) if field else str(text)


def _login(secrets: list[dict[str, str]], region: str) -> dict[str, str] | None:
    """The user of the database whom the container is handed: the owner's fields, whatever the variables are called."""
    found = {}
    for field in ("username", "password"):
        reference = next((one["valueFrom"] for one in secrets if one["valueFrom"].endswith(f":{field}::")
                          and "/database" in one["valueFrom"]), None)
        if reference is None:
            return None
        found[field] = _secret(region, reference)
    return found


def _sample_settings(container: dict[str, Any], region: str) -> dict[str, Any]:
    environment = {one["name"]: one["value"] for one in container.get("environment", [])}
    login = _login(container.get("secrets", []), region)
    names = f"{settings.databases_map}.{region}"
    host, database = environment.get("DATABASE_HOST"), environment.get("DATABASE_NAME")
    return {
        "service": "migration",
        "region": region,
        "ports": [],
        "migrates": True,
        **({"database": {
            "host": host, "name": database, "ca": settings.databases_ca,
            "names": names if os.path.exists(names) else settings.databases_map, **login,
        }} if login and host and database and settings.databases_map else {}),
    }


def _run(task: Task, family: str, container: dict[str, Any]) -> None:
    code, reason = None, "The container did not start"
    try:
        log = Path(settings.log_directory) / f"{task.region_name}-{family}.log"
        with open(log, "ab") as file:
            process = subprocess.Popen(
                [settings.node, settings.sample], stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env={"PATH": os.environ.get("PATH", ""), _SETTINGS: json.dumps(_sample_settings(container, task.region_name))},
            )
        functions.adopt(process, task.region_name)
        _processes[task.task_arn] = process
        code = process.wait()
        functions.forget(process)
        reason = f"Essential container in task exited; see {log.name}"
    except Exception as error:
        reason = f"The container did not start: {error}"
    task.containers[0].exitCode = code
    task.stopped_reason = task.stopped_reason or reason
    task.desired_status = "STOPPED"
    task.last_status = "STOPPED"


def install() -> None:
    # moto wants a memory of each container, which on Fargate only the task needs to have; what it reckons from them only
    # places tasks on machines of one's own.
    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(  # type: ignore[method-assign]
        lambda task_definition: {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
    )
    if not settings.sample:
        return
    run_task = EC2ContainerServiceBackend.run_task
    stop_task = EC2ContainerServiceBackend.stop_task
    respond = EC2ContainerServiceResponse.run_task

    def run(self: EC2ContainerServiceBackend, *args: Any, **named: Any) -> list[Task]:
        tasks = run_task(self, *args, **named)
        for task in tasks:
            # It ends when its process does, and not by being looked at.
            task.advance = lambda: None  # type: ignore[method-assign]
            definition = self.describe_task_definition(task.task_definition_arn)
            container = definition.container_definitions[0]
            threading.Thread(target=_run, args=(task, definition.family, container), daemon=True).start()
        return tasks

    def stop(self: EC2ContainerServiceBackend, cluster: str, task: str, reason: str) -> Task:
        for arn, process in list(_processes.items()):
            if arn.endswith(task.split("/")[-1]):
                process.kill()
        return stop_task(self, cluster, task, reason)

    def answer(self: EC2ContainerServiceResponse) -> ActionResult:
        token = self._get_param("clientToken")
        if not token:
            return respond(self)
        with _lock:
            key = (self.region, str(token))
            if key not in _by_token:
                _by_token[key] = respond(self).result["tasks"]  # type: ignore[index]
            return ActionResult({"tasks": _by_token[key], "failures": []})

    EC2ContainerServiceBackend.run_task = run  # type: ignore[method-assign]
    EC2ContainerServiceBackend.stop_task = stop  # type: ignore[method-assign]
    EC2ContainerServiceResponse.run_task = answer  # type: ignore[method-assign]
