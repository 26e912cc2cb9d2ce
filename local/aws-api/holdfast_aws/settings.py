"""What the launcher was started with."""

from __future__ import annotations

account = "123456789012"
endpoint = ""
node = "node"
# The sample application, which one-off tasks run; empty if they run nothing.
sample = ""
log_directory = ""
work_directory = ""
# (repository, tag): images that are in a repository as soon as it exists.
images: list[tuple[str, str]] = []
# Whether secrets without a value get one, which otherwise a person has to set.
secret_values = False
# Where servers for database instances are ordered; empty if instances are only described.
databases_url = ""
# JSON, endpoint address of a database -> port on this machine; empty without databases.
databases_map = ""
# What signs the certificates of the databases and of public names, in PEM; empty without databases.
databases_ca = ""
# What signs the certificates of public names alone.
public_ca = ""
# JSON, name that this server answers for itself -> port on this machine.
names = ""
# JSON, automated backup -> from when to when it can be restored; empty without databases.
databases_windows = ""
# How long an instance stays in a status that passes, beside the work itself.
status_seconds = 0.0
# So many times as fast as they say are the intervals of health checks; 0: they take no account of them.
pace = 0.0
# Whether schedules that are rarer than once a minute fire only after their first interval.
rare_later = False
# How long a minute of a schedule lasts; 0 if none fires.
minute_seconds = 0.0
