"""What the callers of every Python library share: the task, the token store, and the tally.

The store has one file a chain: access_token, refresh_token and expires_at in seconds since the epoch.
A file is replaced whole, so that nobody reads half a token.
"""

import json
import os
import sys
import threading
import time

# A caller that was refused reads the store once more at its next turn; refused again, it gives up.
PATIENCE = 2


class Task:
    def __init__(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            vars(self).update(json.load(file))

    def path(self, chain):
        return os.path.join(self.store, f"chain-{chain}.json")

    def load(self, chain):
        with open(self.path(chain), encoding="utf-8") as file:
            return json.load(file)

    def save(self, chain, token):
        path = self.path(chain)
        draft = f"{path}.{os.getpid()}.{threading.get_ident()}"
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(token, file)
        os.replace(draft, path)

    def turns(self, chain):
        """Waits for each turn of a chain's callers: the same moments in every process."""
        first = (self.begin + chain * self.stagger % self.interval) / 1000
        for turn in range(self.polls):
            time.sleep(max(0, first + turn * self.interval / 1000 - time.time()))
            yield turn


class Tally:
    def __init__(self, chains):
        self._lock = threading.Lock()
        self._tokens = [set() for _ in range(chains)]
        self._last = [0] * chains
        self._served = self._refused = self._gave_up = 0
        self._errors = {}

    def served(self, chain, access_token):
        with self._lock:
            self._served += 1
            self._tokens[chain].add(access_token)
            self._last[chain] = int(time.time() * 1000)

    def refused(self, error):
        with self._lock:
            self._refused += 1
            name = type(error).__name__
            self._errors[name] = self._errors.get(name, 0) + 1

    def gave_up(self):
        with self._lock:
            self._gave_up += 1

    def print(self):
        told = {
            "tokens": [sorted(tokens) for tokens in self._tokens],
            "last": self._last,
            "served": self._served,
            "refused": self._refused,
            "gave_up": self._gave_up,
            "errors": self._errors,
        }
        print(json.dumps(told), file=sys.__stdout__, flush=True)


def run(work, task):
    """One thread for each caller of each chain: `work(chain, caller)` lives through all turns."""
    threads = [
        threading.Thread(target=work, args=(chain, caller))
        for chain in range(task.chains)
        for caller in range(task.callers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
