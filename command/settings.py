"""What a post is told from outside: options, or the environment (FENGSUI_…)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from command.broker import address as broker_address
from command.errors import UsageError
from sensors.words import tr

USUAL_MQTT_PORT = 1883


class Settings(BaseSettings):
    """Of `fengsui serve`. Without `mqtt` or `redis` the embedded service starts under `data`."""

    model_config = SettingsConfigDict(env_prefix="FENGSUI_", frozen=True, extra="ignore")

    township: Path
    mqtt: str | None = None
    redis: str | None = None
    listen: str = "127.0.0.1:8460"
    data: Path = Path("data")
    standby: bool = False
    root: str = Field(default="fs", pattern="^fsx?$")
    mqtt_port: int | None = None  # of the embedded broker; else as before, else 1883 or a free one
    speed: float = Field(default=1.0, gt=0)  # of the clock; a drill's only
    lease_s: float = Field(default=6.0, gt=0)
    compact_every: int = Field(default=2000, gt=0)  # log entries
    start: float | None = None  # POSIX seconds at which a drill's clock begins

    def address(self) -> tuple[str, int]:
        """Host and port to listen on; raises UsageError."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            message = tr("--listen must look like HOST:PORT, not {value}")
            raise UsageError(message.format(value=ascii(self.listen[:80])))
        return host.strip("[]"), int(port)

    def check(self) -> None:
        """Raises UsageError for what can be seen to be wrong before anything is started."""
        self.address()
        if self.mqtt is not None:
            broker_address(self.mqtt)


def read(**options: Any) -> Settings:
    """Settings from the command line and the environment; raises UsageError."""
    try:
        return Settings(**options)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = tr("--{option} (or FENGSUI_{variable}) cannot be this: {why}")
        option = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            message.format(option=option, variable=option.upper(), why=first["msg"])
        ) from None
