"""Callers that use airbyte-cdk as a source does: the configuration of a sync comes from the store, the
streams of the sync share it as threads, and the control message of a rotated token goes back to the store
at once, as the platform does. The library's own lock holds within a process."""

import json
import sys
import threading
from datetime import datetime, timezone

from airbyte_cdk.sources.streams.http.requests_native_auth import (
    SingleUseRefreshTokenOauth2Authenticator,
)

from fleet_store import PATIENCE, Tally, Task, run

task = Task()
tally = Tally(task.chains)


class Platform:
    """Reads what the connector prints, and stores every new configuration."""

    def write(self, text):
        for line in filter(None, text.split("\n")):
            message = json.loads(line)
            if message.get("type") != "CONTROL":
                continue
            config = message["control"]["connectorConfig"]["config"]
            given = config["credentials"]
            until = datetime.fromisoformat(given["token_expiry_date"].replace("Z", "+00:00"))
            token = {
                "access_token": given["access_token"],
                "refresh_token": given["refresh_token"],
                "expires_at": until.timestamp(),
            }
            task.save(config["chain"], token)
        return len(text)

    def flush(self):
        pass


def config_of(chain):
    token = task.load(chain)
    until = datetime.fromtimestamp(token["expires_at"], tz=timezone.utc)
    return {
        "chain": chain,
        "credentials": {
            "client_id": task.client_id,
            "client_secret": task.client_secret,
            "access_token": token["access_token"],
            "refresh_token": token["refresh_token"],
            "token_expiry_date": until.isoformat(),
        },
    }


class Sync:
    """The configuration that the streams of one turn share: read by whoever comes first."""

    def __init__(self):
        self._lock = threading.Lock()
        self._turn = None
        self._config = None

    def config(self, chain, turn):
        with self._lock:
            if self._turn != turn:
                self._turn, self._config = turn, config_of(chain)
            return self._config


syncs = [Sync() for _ in range(task.chains)]


def stream(chain, _number):
    misses = 0
    for turn in task.turns(chain):
        authenticator = SingleUseRefreshTokenOauth2Authenticator(
            connector_config=syncs[chain].config(chain, turn),
            token_refresh_endpoint=task.token_endpoint,
        )
        try:
            token = authenticator.get_access_token()
        except Exception as error:
            tally.refused(error)
            misses += 1
            if misses == PATIENCE:
                tally.gave_up()
                return
            continue
        misses = 0
        tally.served(chain, token)


sys.stdout = Platform()
run(stream, task)
tally.print()
