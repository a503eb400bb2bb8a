import type { Program } from "./program.ts";

/** Somebody at the provider, as the sandbox tells scripts. */
export type Person = {
  name: string;
  password: string;
  one_time_code: string | null;
};

/** The secret behind Anna's one-time codes, as her authenticator app knows it. */
export const ANNAS_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** What happened at the provider so far. */
export type Counts = {
  token_calls: number;
  code_exchanges: number;
  refreshes_accepted: number;
  refused: number;
  /** The most often that any one refresh token was sent. */
  max_presented: number;
};

/** An app that is registered at the sandbox from the start. */
export const APP = {
  id: "{0c6f1c1e-5f0e-4f6c-9a55-7f3f0a4d2b11}",
  secret: "only-for-the-sandbox-Vh2kq",
};

/** The provider's stand-in, with its steering. */
export class Sandbox {
  readonly program: Program;
  /** The address for browsers: another host than Evergrant's, as in real life. */
  readonly url: string;

  constructor(program: Program, port: string) {
    this.program = program;
    this.url = `http://localhost:${port}`;
  }

  /** Registers an app with the address that it may be led back to. */
  async register(redirectUri: string, app = APP): Promise<void> {
    await this.#tell("clients", { id: app.id, secret: app.secret, redirect_uris: [redirectUri] });
  }

  /** Somebody who can sign in there, with the one-time code of this moment. */
  async person(name: string): Promise<Person> {
    const people = (await this.#ask("users")) as Person[];
    const found = people.find((person) => person.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  }

  /** Kills the live chain of a user; the next refresh is refused. */
  async breakChain(user: string): Promise<void> {
    const answer = (await this.#tell("break", { client_id: APP.id, user })) as { broken: boolean };
    if (!answer.broken) throw new Error(`${user} had no live chain`);
  }

  /** Arranges what the next sign-in of somebody meets. */
  async arrangeSignIn(fault: string, user: string, more: Record<string, unknown> = {}): Promise<void> {
    await this.#tell("sign_in_faults", { fault, user, ...more });
  }

  /** Moves the provider's clock forward. */
  async advance(seconds: number): Promise<void> {
    await this.#tell("clock", { advance_seconds: seconds });
  }

  /** Arranges what the next token calls meet. */
  async arrange(fault: string, times = 1): Promise<void> {
    await this.#tell("faults", { fault, times });
  }

  /** Forgets what was arranged. */
  async calm(): Promise<void> {
    await this.#send("DELETE", "faults");
  }

  /** A refresh token as if it was granted to another program. */
  async issue(user: string): Promise<string> {
    const answer = (await this.#tell("issue", { client_id: APP.id, user })) as { refresh_token: string };
    return answer.refresh_token;
  }

  async counts(): Promise<Counts> {
    return (await this.#ask("counts")) as Counts;
  }

  async #ask(what: string): Promise<unknown> {
    return await this.#send("GET", what);
  }

  async #tell(what: string, words: unknown): Promise<unknown> {
    return await this.#send("POST", what, words);
  }

  async #send(method: string, what: string, words?: unknown): Promise<unknown> {
    const body = words === undefined ? {} : { body: JSON.stringify(words) };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.url}/sandbox/${what}`, { method, headers, ...body });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
    return await answer.json();
  }
}
