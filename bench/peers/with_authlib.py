"""Callers that use Authlib as its documentation has it: a session made of the stored token, with
`update_token` writing to the store. The library has no lock."""

from authlib.integrations.requests_client import OAuth2Session

from fleet_store import PATIENCE, Tally, Task, run

task = Task()
tally = Tally(task.chains)


def caller(chain, _number):
    def update_token(token, refresh_token=None, access_token=None):
        task.save(chain, dict(token))

    misses = 0
    for _turn in task.turns(chain):
        session = OAuth2Session(
            client_id=task.client_id,
            client_secret=task.client_secret,
            token_endpoint=task.token_endpoint,
            token_endpoint_auth_method="client_secret_post",
            token=task.load(chain),
            update_token=update_token,
            # The usual 60 s are more than the whole life of these tokens.
            leeway=task.ahead,
            default_timeout=30,
        )
        try:
            session.ensure_active_token(session.token)
        except Exception as error:
            tally.refused(error)
            misses += 1
            if misses == PATIENCE:
                tally.gave_up()
                return
            continue
        finally:
            session.close()
        misses = 0
        tally.served(chain, session.token["access_token"])


run(caller, task)
tally.print()
