"""Sealed files: personal data beside the log, never in it. One key each; no key, no content.

`<data>/sealed/<id>.bin` holds what was taken out of a message or said by a caller, encrypted with
the key in `<data>/sealed/keys/<id>.key`. The log holds the file's id. Destroying the key forgets
the content for ever, and replay works without keys. Both are on disk before the commit.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from command.core.commands import Ordered
from command.core.privacy import part
from command.errors import StoreError
from command.messages import ReportAlarm
from sensors.observations import (
    Alarm,
    Fault,
    Heartbeat,
    Observation,
    Rejection,
    Reply,
    Request,
    Test,
)
from sensors.words import tr

_SPOKEN = Alarm | Reply | Request | Heartbeat | Fault | Test


class Sealer:
    """The sealed files of one data folder."""

    def __init__(self, data: Path) -> None:
        self._files = data / "sealed"
        self._keys = self._files / "keys"

    def clean(self, value: Observation | Rejection) -> Observation | Rejection:
        """The message without personal data, which is in a sealed file now; `sealed` names it."""
        if not isinstance(value, _SPOKEN):
            return value
        text, found = part(value.text)
        if not found:
            return value
        file = self.seal(value.digest or value.message_id, {"found": list(found)})
        return replace(value, text=text, sealed=file)

    def clean_command(self, ordered: Ordered) -> Ordered:
        """The same for a console's command; what a caller says of himself goes whole."""
        command = ordered.command
        texts = {name: getattr(command, name, "") for name in ("text", "why", "outcome", "words")}
        parted = {name: part(text) for name, text in texts.items() if text}
        found = [one for _, finds in parted.values() for one in finds]
        caller = command.caller if isinstance(command, ReportAlarm) else ""
        if not (found or caller):
            return ordered
        content = {"found": found, "caller": caller}
        file = self.seal(f"{ordered.by}/{command.id}", content)
        changed = {name: text for name, (text, _) in parted.items()}
        if caller:
            changed["caller"] = ""
        return replace(ordered, command=command.model_copy(update=changed), sealed=file)

    def seal(self, about: str, content: Mapping[str, object]) -> str:
        """The id of the sealed file; the same `about` gives the same one, written once."""
        file = f"S-{hashlib.sha256(about.encode('utf-8', 'replace')).hexdigest()[:20]}"
        path = self._files / f"{file}.bin"
        if path.exists():
            return file
        key = Fernet.generate_key()
        raw = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        try:
            self._keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._keys / f"{file}.key", key)
            _write(path, Fernet(key).encrypt(raw))
        except OSError as error:
            message = tr("The folder for sealed files cannot be written: {why}")
            raise StoreError(message.format(why=error.strerror)) from error
        return file

    def open(self, file: str) -> dict[str, object] | None:
        """What is in a sealed file; None when its key was destroyed. Raises StoreError."""
        key = self._keys / f"{file}.key"
        if not key.exists():
            return None
        try:
            raw = Fernet(key.read_bytes()).decrypt((self._files / f"{file}.bin").read_bytes())
        except (InvalidToken, OSError, ValueError) as error:
            message = tr("The sealed file {file} is damaged.")
            raise StoreError(message.format(file=file)) from error
        value: dict[str, object] = json.loads(raw)
        return value

    def forget(self, file: str) -> bool:
        """Destroy the key: the content is gone for ever. False when it was gone already."""
        key = self._keys / f"{file}.key"
        if not key.exists():
            return False
        key.unlink()
        _sync(self._keys)
        return True


def _write(path: Path, content: bytes) -> None:
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    new.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
