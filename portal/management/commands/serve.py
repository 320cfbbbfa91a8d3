"""`manage.py serve`: the embedded default. Pages, sockets and worker in one process, with nothing else to install.

One process because without Redis a doorbell rung in one process is not heard in another.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portal.accounts.access import declares
from portal.settings import env
from portal.worker import Worker


class Server(uvicorn.Server):
    """uvicorn that leaves the signals to the command, which has a worker to stop as well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@declares("operator")
class Command(BaseCommand):
    help = "Migrates, loads the demonstration county into an empty database, and serves until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=env.HOST)
        parser.add_argument("--port", type=int, default=env.PORT)
        parser.add_argument("--no-demo", action="store_true", help="Leave an empty database empty.")

    def handle(self, *args: Any, host: str, port: int, no_demo: bool, **options: Any) -> None:
        if env.WEB_CONCURRENCY > 1:
            raise CommandError("serve is one process. For several, see the Procfile and docs/runbook.md.")
        with self.listen(host, port) as listener:  # before anything is written, and held until it is served on
            for folder in (settings.VAR, settings.MEDIA_ROOT, settings.STATIC_ROOT):
                Path(folder).mkdir(parents=True, exist_ok=True)
            self.prepare(no_demo=no_demo)
            config = uvicorn.Config(
                "portal.asgi:application",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ws_max_size=65_536,
                ws_per_message_deflate=False,  # 40 bytes a frame: compressing costs each socket 30 KB and saves nothing
                timeout_graceful_shutdown=5,
            )
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(self.serve(config, listener, host, sign_ins=not no_demo))
        self.stdout.write("Stopped.")

    @staticmethod
    def listen(host: str, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)  # from now on nobody else can have it; who connects now is answered once we are ready
        except OSError as error:
            listener.close()
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: make run PORT={port + 1}"
            ) from None
        return listener

    def prepare(self, *, no_demo: bool) -> None:
        if not connection.introspection.table_names():
            self.stdout.write("Making the database: this takes about half a minute, once.")
            self.stdout.flush()
        call_command("migrate", interactive=False, verbosity=0)
        if not no_demo:
            call_command("demo", if_empty=True)

    async def serve(self, config: uvicorn.Config, listener: socket.socket, host: str, *, sign_ins: bool) -> None:
        server, worker = Server(config), Worker()

        def stop() -> None:
            server.force_exit = server.should_exit  # asked twice: do not wait for open connections
            server.should_exit = True
            worker.stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)

        if sign_ins:
            await sync_to_async(call_command)("demo", sign_ins=True)
        port = listener.getsockname()[1]
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host
        self.stdout.write(f"\nAlongside is at http://{shown}:{port}/\nCtrl-C stops it.\n")
        self.stdout.flush()
        await asyncio.gather(server.serve(sockets=[listener]), sync_to_async(worker.run, thread_sensitive=False)())
