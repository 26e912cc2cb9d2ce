"""Importing this package registers every resource type."""

from . import accepted, backup, balancing, broker, cache, certificates, compute, custom, database, deliveries, dns, event_sources, events  # noqa: F401
from . import files, functions, grafana, http_api, identity, logs, messaging, monitoring, network, network_edges  # noqa: F401
from . import prometheus, registry, scaling, schedules, secrets, storage, table, waf  # noqa: F401
