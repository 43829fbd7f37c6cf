"""Errors that reach a person. Each message says whose fault it is and what to do.

FengsuiError
├── ConfigError    the township's files or the set-up: put it right, then start again
│   └── UsageError     the command line itself: exit 2, as for an option that there is not
├── StoreError     Redis answers, but not as it must (wrong type, no permission): its operator
├── BrokerError    the MQTT broker refuses us (credentials, ACL): its operator
├── ServiceError   an embedded broker or store is missing or does not start: the message says why
├── LeaseLost      another post is first now: this one drops its world and leaves; nothing is lost
└── LogGap         the log is not where this post left it: drop the world, read it again
"""

from __future__ import annotations


class FengsuiError(Exception):
    """Base of all errors shown as one line on stderr; `retry`: trying again may help."""

    retry = False


class ConfigError(FengsuiError):
    """The township's files or the options are wrong."""


class UsageError(ConfigError):
    """What was typed cannot be meant: an address that is none, a role that there is not."""


class StoreError(FengsuiError):
    """The store answers, but not as it must."""


class BrokerError(FengsuiError):
    """The broker refuses the post."""

    retry = True


class ServiceError(FengsuiError):
    """An embedded service is missing, does not start, or its place is taken."""


class LeaseLost(FengsuiError):  # noqa: N818 - it is news, not a mistake
    """Another post holds the lease."""

    retry = True


class LogGap(FengsuiError):  # noqa: N818 - likewise
    """The log's last sequence is not the one this post committed."""

    retry = True


def first_of(failure: BaseExceptionGroup[FengsuiError] | FengsuiError) -> FengsuiError:
    """The first error in a group of groups: the one that a person is told."""
    if isinstance(failure, FengsuiError):
        return failure
    return first_of(failure.exceptions[0])
