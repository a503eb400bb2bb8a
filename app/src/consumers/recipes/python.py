import os
import time

import requests

TOKEN = "{token_url}"
DATA = "{data_url}"


def access_token(tries=5):
    """A token that holds for another minute; waits while Evergrant says "not yet"."""
    key = {"Authorization": f"Bearer {os.environ['EVERGRANT_KEY']}"}
    for left in reversed(range(tries)):
        answer = requests.get(TOKEN, params={"minimum_seconds": 60}, headers=key, timeout=60)
        if answer.status_code not in (429, 503) or left == 0:
            break
        time.sleep(int(answer.headers.get("Retry-After", "5")))
    answer.raise_for_status()
    return answer.json()["access_token"]


headers = {"Authorization": f"Bearer {access_token()}", "Accept": "application/json"}
answer = requests.get(DATA, headers=headers, timeout=60)
answer.raise_for_status()
print(answer.json())
