"""Runs deployed functions in the local Node: their own bundle, from the Lambda backend, with their environment."""

from __future__ import annotations

import io
import json
import os
import subprocess
import threading
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.models import lambda_backends

from . import logs, roads, settings

RUNNER = Path(__file__).resolve().parent.parent / "run-function.mjs"
_CA_VARIABLE = "NODE_EXTRA_CA_CERTS"
_lock = threading.Lock()
# With the region of each.
_children: dict[subprocess.Popen[bytes], str] = {}
_stopping = threading.Event()


@dataclass
class Outcome:
    value: Any = None
    problem: str | None = None
    log: str = ""

    def log_tail(self, lines: int = 20) -> str:
        return " | ".join(self.log.strip().splitlines()[-lines:]) or "(nothing was written)"


def _function(account: str, name_or_arn: str, region: str | None = None) -> Any:
    parts = name_or_arn.split(":")
    if name_or_arn.startswith("arn:"):
        region, name = parts[3], parts[6]
    else:
        name = name_or_arn
    return lambda_backends[account][region or "us-east-1"].get_function(name)


def _unpack(function: Any) -> Path:
    """The code of a function, unpacked once for each version of it."""
    directory = Path(settings.work_directory) / f"code-{function.code_sha_256.replace('/', '_')}"
    with _lock:
        if _stopping.is_set():
            raise RuntimeError("The local AWS API is stopping")
        if not directory.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(directory)
    return directory


def _environment(function: Any) -> dict[str, str]:
    """What Lambda gives a function, with this server as the endpoint of every service. Nothing of the user's."""
    deployed = {name: str(value) for name, value in (function.environment_vars or {}).items()}
    # A file of Lambda's own runtimes; a function that does not name it trusts no database there either.
    trusted = settings.databases_ca if deployed.pop(_CA_VARIABLE, None) else settings.public_ca
    if trusted:
        deployed[_CA_VARIABLE] = trusted
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": settings.work_directory,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": roads.caller_key(function.region),
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.function_name}",
        "LAMBDA_TASK_ROOT": str(_unpack(function)),
        "_HANDLER": function.handler,
        **deployed,
    }


def _request(function: Any, event: Any) -> bytes:
    request = {
        "event": event,
        "handler": function.handler,
        "directory": str(_unpack(function)),
        "timeoutMillis": int(function.timeout) * 1000,
        "context": {
            "functionName": function.function_name,
            "functionVersion": "$LATEST",
            "invokedFunctionArn": function.function_arn,
            "memoryLimitInMB": str(function.memory_size),
            "awsRequestId": str(uuid.uuid4()),
        },
    }
    return json.dumps(request).encode() + b"\n"


def _parse(function: Any, line: bytes) -> tuple[Any, str | None]:
    answer = json.loads(line)
    if "error" in answer:
        return answer["error"], f"{function.function_name} failed: {answer['error'].get('errorMessage')}"
    return answer.get("value"), None


class Instance:
    """A running copy of a function, kept for the next event as Lambda keeps it: with what it remembers."""

    def __init__(self, function: Any):
        self.function = function
        self.sha = (function.code_sha_256, json.dumps(function.environment_vars or {}, sort_keys=True))
        self.lock = threading.Lock()
        self.log: list[str] = []
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            [settings.node, str(RUNNER), str(writer), settings.databases_map, settings.names],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            pass_fds=(writer,), env=_environment(function), cwd=settings.work_directory,
        )
        os.close(writer)
        self.answers = os.fdopen(reader, "rb")
        with _lock:
            _children[self.process] = function.region
            late = _stopping.is_set() or roads.is_lost(function.region)
        if late:
            self.process.kill()
        self.collector = threading.Thread(target=self._collect, daemon=True)
        self.collector.start()

    def _collect(self) -> None:
        path = Path(settings.log_directory) / f"{self.function.region}-{self.function.function_name}.log"
        with open(path, "ab") as file:
            for line in self.process.stdout or ():
                text = line.decode(errors="replace")
                self.log.append(text)
                logs.write(self.function, text.rstrip("\n"))
                del self.log[:-500]
                file.write(line)
                file.flush()

    def run(self, event: Any) -> Outcome:
        """One event; a function that takes longer than its timeout is killed, as on Lambda."""
        with self.lock:
            mark = len(self.log)
            timer = threading.Timer(int(self.function.timeout), self.process.kill)
            timer.start()
            started = time.monotonic()
            try:
                stdin = self.process.stdin
                assert stdin is not None
                stdin.write(_request(self.function, event))
                stdin.flush()
                line = self.answers.readline()
            except OSError:
                line = b""
            finally:
                timer.cancel()
            name = self.function.function_name
            if not line:
                self.close()
                late = time.monotonic() - started >= int(self.function.timeout)
                problem = (
                    f"{name} did not end within its timeout of {self.function.timeout} s" if late
                    else f"{name} ended without a result (exit code {self.process.returncode})"
                )
                return Outcome(problem=problem, log="".join(self.log[mark:]))
            value, problem = _parse(self.function, line)
            return Outcome(value=value, problem=problem, log="".join(self.log[mark:]))

    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        try:
            if self.process.stdin:
                self.process.stdin.close()
            self.process.wait(2)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.collector.join(2)
        self.answers.close()
        with _lock:
            _children.pop(self.process, None)


def run_function(account: str, name_or_arn: str, event: Any, region: str | None = None) -> Outcome:
    """A cold start: one process for one event."""
    instance = Instance(_function(account, name_or_arn, region))
    try:
        outcome = instance.run(event)
    finally:
        if instance.alive():
            instance.close()
    return outcome if outcome.log else Outcome(outcome.value, outcome.problem, "".join(instance.log))


_warm: dict[str, Instance] = {}


def run_warm(account: str, arn: str, event: Any) -> Outcome:
    """Uses the running copy of a function if there is one of its present code and environment."""
    function = _function(account, arn)
    sha = (function.code_sha_256, json.dumps(function.environment_vars or {}, sort_keys=True))
    instance = _warm.get(arn)
    if instance is None or not instance.alive() or instance.sha != sha:
        if instance is not None and instance.alive():
            instance.close()
        instance = _warm[arn] = Instance(function)
    return instance.run(event)


def adopt(process: subprocess.Popen[bytes], region: str) -> None:
    """Ends a process that is no function with those of its region, and with the server."""
    with _lock:
        _children[process] = region
        late = _stopping.is_set() or roads.is_lost(region)
    if late:
        process.kill()


def forget(process: subprocess.Popen[bytes]) -> None:
    with _lock:
        _children.pop(process, None)


def ended_on_purpose(region: str) -> bool:
    """Whether what runs in a region is being ended, so that its end tells nothing."""
    return _stopping.is_set() or roads.is_lost(region)


def end_in(region: str) -> None:
    """Ends every function of a region at once, as the loss of the region does."""
    with _lock:
        children = [child for child, where in _children.items() if where == region]
    for child in children:
        child.kill()


def stop_all() -> None:
    """Ends every function; none starts afterwards."""
    _stopping.set()
    with _lock:
        children = list(_children)
    for child in children:
        child.kill()
        child.wait()
