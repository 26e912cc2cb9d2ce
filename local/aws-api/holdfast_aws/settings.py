"""What the launcher was started with."""

from __future__ import annotations

account = "123456789012"
endpoint = ""
node = "node"
log_directory = ""
work_directory = ""
# (repository, tag): images that are in a repository as soon as it exists.
images: list[tuple[str, str]] = []
