"""What is counted when the counting house is away? Redis while it answers, else this process's own memory.

Limits and used codes are kept here and nothing else: no page waits for Redis, and losing it loosens
a limit to so many per process, and never lifts it. Whoever finds Redis away waits a fifth of a
second for that; for five seconds after, nobody asks, and then one does.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from alliance.lib.breaker import PATIENCE, breaker_of


class FallbackCache(BaseCache):
    """A cache that is always there: the far one when it answers, the near one when it does not."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        patience = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 0),
        }
        self.far = RedisCache(server, params | {"OPTIONS": patience})
        self.near = LocMemCache("while the far one is away", params)
        self.breaker = breaker_of(server)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def clear(self) -> None:
        self.near.clear()
        self._ask("clear")

    def _ask(self, verb: str, *words: Any) -> Any:
        if self.breaker.lets_through():
            try:
                answer = getattr(self.far, verb)(*words)
            except (RedisError, OSError):
                self.breaker.broke()
            else:
                self.breaker.held()
                return answer
        return getattr(self.near, verb)(*words)
