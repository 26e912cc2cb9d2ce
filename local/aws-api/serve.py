"""Starts the local AWS API. The first line on stdout is JSON, {"port": N}; then it serves until it is told to end,
or until its stdin closes, so that it never outlives whoever started it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--account", default="123456789012", help="account of every caller")
    parser.add_argument("--hosted-zone", action="append", default=[], metavar="ID=NAME", help="a zone that exists before")
    parser.add_argument("--image", action="append", default=[], metavar="REPOSITORY:TAG",
                        help="an image that is pushed as soon as its repository exists")
    parser.add_argument("--node", default="node", help="runs the functions")
    parser.add_argument("--sample", default="", help="the sample application, which one-off tasks run")
    parser.add_argument("--logs", help="directory of the functions' logs; without it they go with the server")
    parser.add_argument("--databases", nargs=5, metavar=("URL", "MAP", "CA", "WINDOWS", "PUBLIC"), default=("", "", "", "", ""),
                        help="where servers are ordered, files with their ports, with what they are trusted by, "
                             "with what can be restored, and with what public names are trusted by")
    parser.add_argument("--status-seconds", type=float, default=0.0, help="of a database in each passing status")
    parser.add_argument("--minute-seconds", type=float, default=0.0, help="of a schedule; with 0 none fires")
    parser.add_argument("--pace", type=float, default=0.0, help="health checks are so many times as fast; 0: as may be")
    parser.add_argument("--secret-values", action="store_true", help="secrets that a person has to set have a value")
    parser.add_argument("--rare-later", action="store_true", help="rare schedules fire only after their interval")
    parser.add_argument("--keep-running", action="store_true", help="do not end when stdin closes")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    work = tempfile.mkdtemp(prefix="holdfast-aws-")
    os.environ.update(
        {
            "MOTO_ACCOUNT_ID": args.account,
            "MOTO_ACM_VALIDATION_WAIT": "0",
            "MOTO_LAMBDA_DATA_DIR": work,
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
    )
    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    from holdfast_aws import settings

    settings.account = args.account
    settings.node = args.node
    settings.sample = args.sample
    settings.work_directory = work
    settings.log_directory = args.logs or work
    settings.names = os.path.join(work, "names.json")
    (settings.databases_url, settings.databases_map, settings.databases_ca,
     settings.databases_windows, settings.public_ca) = args.databases
    settings.status_seconds = args.status_seconds
    settings.minute_seconds = args.minute_seconds
    settings.pace = args.pace
    settings.rare_later = args.rare_later
    settings.secret_values = args.secret_values
    settings.images = [(image.rpartition(":")[0], image.rpartition(":")[2]) for image in args.image]

    from holdfast_aws import (  # noqa: F401
        authority, backup_jobs, cache_backups, cloudformation_api, event_sources, file_changes, functions, health,
        moto_changes, one_off_tasks, paging, prometheus_changes, rds_changes, schedules, storage_changes, types,
    )
    from holdfast_aws.server import Application
    from werkzeug.serving import make_server

    authority.install()
    cloudformation_api.install()
    moto_changes.install()
    rds_changes.install()
    cache_backups.install()
    storage_changes.install()
    prometheus_changes.install()
    file_changes.install()
    backup_jobs.install()
    paging.install()
    event_sources.install()
    one_off_tasks.install()
    server = make_server("127.0.0.1", args.port, Application(), threaded=True)
    settings.endpoint = f"http://localhost:{server.port}"
    os.environ["MOTO_PORT"] = str(server.port)
    os.environ["HOLDFAST_LOCAL_ENDPOINT"] = settings.endpoint
    for zone in args.hosted_zone:
        moto_changes.create_hosted_zone(*zone.split("=", 1))

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if not args.keep_running:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()
    health.start()
    schedules.start()
    event_sources.start()
    print(json.dumps({"port": server.port}), flush=True)
    try:
        server.serve_forever()
    finally:
        functions.stop_all()
        shutil.rmtree(work, ignore_errors=True)
        os._exit(0)


if __name__ == "__main__":
    main()
