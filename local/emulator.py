"""Run the pinned emulator with the patches that bridge its differences from AWS.

    GATEWAY_PORT=4566 AUTH=true BIND_HOST=127.0.0.1 .venv-emulator/bin/python -m local.emulator

``LOCAL_PATCHES=none`` runs it as it is: the test that watches for patches no longer needed does so.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
import time

from ministack import app


def apply_patches() -> None:
    """Apply all patches; the order does not matter, each has its own functions."""
    from local.emulator_patches import (
        encryption_context,
        event_sources,
        gateway,
        lambda_workers,
        mail_permissions,
        queue_permissions,
        read_units,
        schedule_permissions,
        schedules,
        speed,
        step_functions,
    )

    for patch in (
        lambda_workers,
        gateway,
        step_functions,
        event_sources,
        schedules,
        schedule_permissions,
        encryption_context,
        queue_permissions,
        mail_permissions,
        read_units,
        speed,
    ):
        patch.apply()


def end_with_the_starter() -> None:
    """End when the process that watches over this one is gone: a killed ``make start`` must leave nothing behind."""
    starter = int(os.environ.get("LOCAL_ENDS_WITH", "0"))
    if not starter:
        return

    def watch() -> None:
        while os.getppid() == starter:
            time.sleep(1)
        os.killpg(0, signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def many_files() -> None:
    """Let this process have as many open files as it may: each worker takes three, each caller one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if most == resource.RLIM_INFINITY else min(most, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    many_files()
    if os.environ.get("LOCAL_PATCHES") != "none":
        apply_patches()
    end_with_the_starter()
    app.main()
