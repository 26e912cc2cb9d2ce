"""Failures to order: calls of the AWS API that fail, hang, are throttled, or are done and answered by an error. They
are met where requests come in, so every caller sees them as its SDK shows them: also the functions and CloudFormation."""

from __future__ import annotations

import io
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import parse_qs

import botocore.session
from botocore.model import ServiceModel

KINDS = ("fail", "hang", "throttle", "succeed-but-fail")
ANY = "*"
_ERROR = "InternalFailure"
# Codes for which AWS answers 5xx; others are the caller's fault.
_SERVER_ERRORS = ("InternalFailure", "InternalError", "InternalServerError", "ServiceUnavailable", "ServiceException",
                  "RequestTimeout")
_lock = threading.Lock()
_faults: list["Fault"] = []
_models: dict[str, ServiceModel | None] = {}


@dataclass
class Fault:
    service: str
    operation: str
    kind: str
    region: str = ANY
    code: str | None = None
    times: int | None = None
    met: int = 0
    cleared: threading.Event = field(default_factory=threading.Event)

    @staticmethod
    def of(wanted: dict[str, Any]) -> "Fault":
        """Raises ValueError with a sentence for what is no order."""
        unknown = set(wanted) - {"service", "operation", "kind", "region", "code", "times"}
        if unknown:
            raise ValueError(f"A fault has no {sorted(unknown)[0]}")
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"The kind of a fault is one of {', '.join(KINDS)}, not {wanted.get('kind')!r}")
        service, operation = str(wanted.get("service", "")), str(wanted.get("operation", ""))
        model = None if service == ANY else _model(service)
        if service != ANY and model is None:
            raise ValueError(f"There is no service {service!r}: name it as its requests are signed, or {ANY} for all")
        if operation != ANY and (model is None or operation not in model.operation_names):
            raise ValueError(f"{service} has no operation {operation!r}: name one, or {ANY} for all")
        times = wanted.get("times")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError(f"times must be a whole number above 0, not {times!r}")
        return Fault(service, operation, wanted["kind"], wanted.get("region") or ANY, wanted.get("code"), times)

    def concerns(self, service: str, region: str, operation: Callable[[], str | None]) -> bool:
        if self.service not in (ANY, service) or self.region not in (ANY, region):
            return False
        return self.operation == ANY or self.operation == operation()


def order(wanted: dict[str, Any]) -> None:
    """From now on calls meet it; the latest order that concerns a call counts."""
    fault = Fault.of(wanted)
    with _lock:
        _faults.append(fault)


def clear() -> int:
    """Ends all faults, and with an error the calls that hang. Returns how many calls met one."""
    with _lock:
        met = sum(fault.met for fault in _faults)
        for fault in _faults:
            fault.cleared.set()
        _faults.clear()
    return met


def wrap(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application, with the ordered faults before it."""

    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        fault = _meeting(environ)
        if fault is None:
            return application(environ, start_response)
        if fault.kind == "hang":
            fault.cleared.wait()
        if fault.kind == "succeed-but-fail":
            _consume(application, environ)
        service = _scope(environ)[0]
        return _refuse(service, fault, start_response)

    return dispatch


def _meeting(environ: dict[str, Any]) -> Fault | None:
    if not _faults:
        return None
    service, region = _scope(environ)
    if not service:
        return None
    found: list[str | None] = []

    def operation() -> str | None:
        if not found:
            found.append(_operation(service, environ))
        return found[0]

    with _lock:
        for fault in reversed(_faults):
            if (fault.times is None or fault.met < fault.times) and fault.concerns(service, region, operation):
                fault.met += 1
                return fault
    return None


def _scope(environ: dict[str, Any]) -> tuple[str, str]:
    """Service and region as a request is signed for them; empty if it is not signed."""
    match = re.search(r"Credential=[^/,]+/\d{8}/([^/]+)/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    return (match.group(2), match.group(1)) if match else ("", "")


def _operation(service: str, environ: dict[str, Any]) -> str | None:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    model = _model(service)
    if model is not None and model.protocol in ("query", "ec2"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        return (parse_qs(body.decode()).get("Action") or parse_qs(environ.get("QUERY_STRING", "")).get("Action") or [None])[0]
    return _rest_operation(model, environ) if model is not None else None


def _rest_operation(model: ServiceModel, environ: dict[str, Any]) -> str | None:
    """The operation whose URI fits, the one with the most fixed characters if there are several."""
    path = environ.get("PATH_INFO", "").rstrip("/")
    arguments = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    best: tuple[int, str] | None = None
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri, _, query = http["requestUri"].partition("?")
        pattern = "".join(
            (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", uri.rstrip("/"))
        )
        wanted = {one.partition("=")[0] for one in query.split("&") if one}
        if http["method"] != environ["REQUEST_METHOD"] or not wanted <= set(arguments) or not re.fullmatch(pattern, path):
            continue
        weight = len(re.sub(r"\{[^}]+\}", "", http["requestUri"]))
        if best is None or weight > best[0]:
            best = (weight, name)
    return best[1] if best else None


def _model(service: str) -> ServiceModel | None:
    """By the name for which requests are signed."""
    if service not in _models:
        loader = botocore.session.get_session().get_component("data_loader")
        aliases = {"monitoring": "cloudwatch", "elasticloadbalancing": "elbv2", "email": "ses",
                   "apigateway": "apigatewayv2"}
        try:
            name = aliases.get(service, service)
            _models[service] = ServiceModel(loader.load_service_model(name, "service-2"), name)
        except botocore.exceptions.UnknownServiceError:
            _models[service] = None
    return _models[service]


def _consume(application: Callable[..., Any], environ: dict[str, Any]) -> None:
    """Lets the call be done, and forgets its answer."""
    answer = application(environ, lambda *_args, **_kwargs: lambda _data: None)
    for _ in answer:
        pass
    close = getattr(answer, "close", None)
    if close:
        close()


def _refuse(service: str, fault: Fault, start_response: Callable[..., Any]) -> list[bytes]:
    model = _model(service)
    protocol = model.protocol if model else "json"
    spoken = "json" if "json" in protocol or "cbor" in protocol else "xml"
    # Each has its own word for it; these are those that the SDKs take for throttling.
    throttled = "ThrottlingException" if spoken == "json" else "SlowDown" if service == "s3" else "Throttling"
    code = fault.code or (throttled if fault.kind == "throttle" else _ERROR)
    message = "Rate exceeded" if fault.kind == "throttle" else f"An ordered failure ({fault.kind})"
    status = "500 Internal Server Error" if code in _SERVER_ERRORS else "400 Bad Request"
    body, kind = _error(service, protocol, spoken, code, message)
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", code),
               ("x-amzn-RequestId", str(uuid.uuid4()))]
    start_response(status, headers)
    return [body]


def _error(service: str, protocol: str, spoken: str, code: str, message: str) -> tuple[bytes, str]:
    if spoken == "json":
        return json.dumps({"__type": code, "message": message}).encode(), "application/x-amz-json-1.1"
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>ordered</RequestID></Response>"
    elif service == "s3":
        text = f"<Error>{inner}<RequestId>ordered</RequestId></Error>"
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>ordered</RequestId></ErrorResponse>"
    return text.encode(), "text/xml"
