import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Beyond this a program that does not start, or does not end, counts as stuck. */
const PATIENCE = 30_000;

/** A running program and everything it has said. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #heard = new Set<() => void>();
  #said = "";
  #ended = false;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    const hear = (chunk: Buffer): void => {
      this.#said += chunk.toString();
      this.#heard.forEach((look) => look());
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("close", () => {
      this.#ended = true;
      this.#heard.forEach((look) => look());
    });
    child.on("error", (error) => hear(Buffer.from(`${error.message}\n`)));
  }

  /** Starts a program in a folder, with this environment and nothing of ours. */
  static start(file: string, args: string[], folder: string, settings: Record<string, string> = {}): Program {
    const env = { PATH: process.env["PATH"] ?? "", ...settings };
    const child = spawn(file, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    return new Program(file.split("/").pop() ?? file, child);
  }

  /** Standard output and standard error so far. */
  get said(): string {
    return this.#said;
  }

  /** Waits until the program says something that matches, and gives the first group. */
  async says(pattern: RegExp): Promise<string> {
    return await new Promise<string>((resolve, reject) => {
      const done = (end: () => void): void => {
        clearTimeout(timer);
        this.#heard.delete(look);
        end();
      };
      const fail = (why: string): void =>
        done(() => reject(new Error(`${this.#name} ${why} before it said ${pattern}:\n${this.#said}`)));
      const look = (): void => {
        const found = pattern.exec(this.#said)?.[1];
        if (found !== undefined) done(() => resolve(found));
        else if (this.#ended) fail("ended");
      };
      const timer = setTimeout(() => fail("took too long"), PATIENCE);
      this.#heard.add(look);
      look();
    });
  }

  /** Waits for the end and gives the exit code. */
  async end(): Promise<number | null> {
    if (!this.#ended) {
      await once(this.#child, "close", { signal: AbortSignal.timeout(PATIENCE) });
    }
    return this.#child.exitCode;
  }

  /** Asks the program to end, and makes it end if it does not; nobody else's is touched. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill("SIGTERM");
    try {
      await this.end();
    } catch {
      this.#child.kill("SIGKILL");
      throw new Error(`${this.#name} did not end when asked to:\n${this.#said}`);
    }
  }
}
