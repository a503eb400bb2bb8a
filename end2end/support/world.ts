import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./program.ts";
import { APP, Sandbox } from "./sandbox.ts";

/** Who signs in to Evergrant. */
export const OPERATOR = { name: "ines@evergrant.example", password: "a sentence that is long enough" };

/** The registration that most journeys use; its address part is `exact-online`. */
export const REGISTRATION = "Exact Online";

/** A database with its data containers. */
export type Database = { name: string; containers: { alias: string; warm?: boolean }[] };

/** How a pair of programs is started. */
export type Wish = {
  /** Whether an operator is there from the start. */
  operator: boolean;
  /** What is there from the start; with it comes the app registration. */
  databases: Database[];
  /** The shortest time between two refreshes, in seconds, as both sides know it. */
  minimumInterval: number;
  /** The life of an access token, in seconds. */
  accessLifetime: number;
  /** Settings beside those that every journey has, by their names in the environment. */
  settings: Record<string, string>;
};

/** Evergrant and the provider's stand-in, on free ports, with a folder of their own. */
export class World {
  readonly sandbox: Sandbox;
  readonly evergrant: Program;
  /** Evergrant's public address, without a slash at its end. */
  readonly url: string;
  readonly #folder: string;

  private constructor(sandbox: Sandbox, evergrant: Program, url: string, folder: string) {
    this.sandbox = sandbox;
    this.evergrant = evergrant;
    this.url = url;
    this.#folder = folder;
  }

  /** Starts both programs and waits until they serve. */
  static async start(wish: Wish): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "evergrant-end2end-"));
    const sandbox = await startSandbox(wish, folder);
    try {
      const settings = {
        EVERGRANT_LISTEN: "127.0.0.1:0",
        EVERGRANT_DATA_DIR: join(folder, "data"),
        EVERGRANT_RETURN_TO: sandbox.url,
        ...wish.settings,
      };
      await furnish(wish, sandbox, folder, settings);
      const evergrant = Program.start(binary("EVERGRANT_BIN"), ["serve"], folder, settings);
      const url = (await evergrant.says(/Evergrant serves (http\S+?)\/?\s/)).replace(/\/$/, "");
      const world = new World(sandbox, evergrant, url, folder);
      await world.#isReady();
      if (wish.databases.length > 0) {
        await sandbox.register(`${url}/oauth/callback/exact-online`);
      }
      return world;
    } catch (error) {
      await sandbox.program.stop();
      throw error;
    }
  }

  /** The link for the first operator, as it was printed. */
  async setUpLink(): Promise<string> {
    return await this.evergrant.says(/(http\S+\/set-up\/\S+)/);
  }

  /** Ends both programs, and checks how Evergrant ended and what it did not say. */
  async end(): Promise<void> {
    await this.evergrant.stop();
    await this.sandbox.program.stop();
    await rm(this.#folder, { recursive: true, force: true });
    const status = await this.evergrant.end();
    const said = this.evergrant.said;
    if (status !== 0) throw new Error(`evergrant ended with ${status}:\n${said}`);
    for (const secret of [OPERATOR.password, APP.secret]) {
      if (said.includes(secret)) throw new Error(`evergrant logged a secret:\n${said}`);
    }
  }

  async #isReady(): Promise<void> {
    const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`/readyz answered ${answer.status}:\n${this.evergrant.said}`);
  }
}

/** The timing of a registration at the sandbox, as JSON. */
export function timing(wish: Pick<Wish, "minimumInterval" | "accessLifetime">): Record<string, unknown> {
  return {
    access_lifetime: wish.accessLifetime,
    minimum_interval: wish.minimumInterval,
    refresh_ahead: 1,
    request_deadline: 10,
    // Whatever the hour at which the tests run.
    quiet_hours: false,
  };
}

async function startSandbox(wish: Wish, folder: string): Promise<Sandbox> {
  const lifetimes = [`--minimum-interval=${wish.minimumInterval}`, `--access-lifetime=${wish.accessLifetime}`];
  const program = Program.start(
    binary("SANDBOX_BIN"),
    ["--listen=127.0.0.1:0", "--demo", ...lifetimes],
    folder,
  );
  return new Sandbox(program, await program.says(/listens on http:\/\/127\.0\.0\.1:(\d+)/));
}

/** Lets Evergrant's own commands make what is to be there from the start. */
async function furnish(
  wish: Wish,
  sandbox: Sandbox,
  folder: string,
  settings: Record<string, string>,
): Promise<void> {
  const run = async (args: string[], more: Record<string, string>): Promise<void> => {
    const command = Program.start(binary("EVERGRANT_BIN"), args, folder, { ...settings, ...more });
    const status = await command.end();
    if (status !== 0) throw new Error(`evergrant ${args.join(" ")} ended with ${status}:\n${command.said}`);
  };
  if (wish.operator) {
    await run(["operator", "add", OPERATOR.name], { EVERGRANT_PASSWORD: OPERATOR.password });
  }
  if (wish.databases.length > 0) {
    const file = join(folder, "wanted.toml");
    await writeFile(file, wanted(wish, sandbox));
    await run(["apply", file], { CLIENT_SECRET: APP.secret });
  }
}

/** The file for `evergrant apply`. */
function wanted(wish: Wish, sandbox: Sandbox): string {
  const text = JSON.stringify;
  const times = Object.entries(timing(wish)).map(([name, value]) => `${name} = ${String(value)}`);
  const lines = [
    "[[registration]]",
    `name = ${text(REGISTRATION)}`,
    'country = "nl"',
    `base_url = ${text(sandbox.url)}`,
    `client_id = ${text(APP.id)}`,
    'client_secret = { env = "CLIENT_SECRET" }',
    `timing = { ${times.join(", ")} }`,
  ];
  for (const database of wish.databases) {
    lines.push("[[database]]", `name = ${text(database.name)}`);
    for (const { alias, warm } of database.containers) {
      lines.push("[[database.container]]", `alias = ${text(alias)}`, `registration = ${text(REGISTRATION)}`);
      lines.push(`warm = ${warm ?? false}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function binary(name: string): string {
  const file = process.env[name];
  if (file === undefined || file === "") throw new Error(`${name} does not say where the program is`);
  return file;
}
