// Callers that use simple-oauth2 as its readme has it: the stored token is read, renewed where it has
// expired, and written back. The library has no lock.
'use strict';

const fs = require('node:fs/promises');
const path = require('node:path');
const { readFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { AuthorizationCode } = require('simple-oauth2');

// A caller that was refused reads the store once more at its next turn; refused again, it gives up.
const PATIENCE = 2;

const task = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const endpoint = new URL(task.token_endpoint);
const client = new AuthorizationCode({
  client: { id: task.client_id, secret: task.client_secret },
  auth: { tokenHost: endpoint.origin, tokenPath: endpoint.pathname },
  options: { authorizationMethod: 'body' },
});
const told = {
  tokens: Array.from({ length: task.chains }, () => new Set()),
  last: Array.from({ length: task.chains }, () => 0),
  served: 0,
  refused: 0,
  gave_up: 0,
  errors: {},
};
let drafts = 0;

function place(chain) {
  return path.join(task.store, `chain-${chain}.json`);
}

async function save(chain, token) {
  drafts += 1;
  const draft = `${place(chain)}.${process.pid}.${drafts}`;
  await fs.writeFile(draft, JSON.stringify(token));
  await fs.rename(draft, place(chain));
}

async function active(chain) {
  let token = client.createToken(JSON.parse(await fs.readFile(place(chain), 'utf8')));
  if (token.expired(task.ahead)) {
    token = await token.refresh();
    await save(chain, token);
  }
  return token.token.access_token;
}

async function caller(chain) {
  const first = task.begin + ((chain * task.stagger) % task.interval);
  let misses = 0;
  for (let turn = 0; turn < task.polls; turn += 1) {
    await sleep(Math.max(0, first + turn * task.interval - Date.now()));
    try {
      told.tokens[chain].add(await active(chain));
      told.last[chain] = Date.now();
      told.served += 1;
      misses = 0;
    } catch (error) {
      const name = error.data?.payload?.error ?? error.code ?? error.name;
      told.errors[name] = (told.errors[name] ?? 0) + 1;
      told.refused += 1;
      misses += 1;
      if (misses === PATIENCE) {
        told.gave_up += 1;
        return;
      }
    }
  }
}

async function main() {
  const callers = [];
  for (let chain = 0; chain < task.chains; chain += 1) {
    for (let number = 0; number < task.callers; number += 1) {
      callers.push(caller(chain));
    }
  }
  await Promise.all(callers);
  const tokens = told.tokens.map((seen) => [...seen]);
  console.log(JSON.stringify({ ...told, tokens }));
}

main();
