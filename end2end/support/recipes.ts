import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import powerQuery from "@microsoft/powerquery-parser";

const run = promisify(execFile);

/** What came of a program. */
export type Ran = { good: boolean; said: string };

/** Runs a recipe as somebody who copied it would, with the key in the environment. */
export async function runRecipe(program: string, text: string, key: string): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "evergrant-recipe-"));
  try {
    const file = join(folder, "recipe");
    await writeFile(file, text);
    const env = { ...process.env, EVERGRANT_KEY: key };
    const { stdout } = await run(program, [file], { env, timeout: 60_000 });
    return { good: true, said: stdout };
  } catch (error) {
    return { good: false, said: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is wrong with the grammar of a recipe in Power Query M; nothing when it is fine. */
export async function wrongInPowerQuery(text: string): Promise<string | undefined> {
  const read = await powerQuery.TaskUtils.tryLexParse(powerQuery.DefaultSettings, text);
  return powerQuery.TaskUtils.isError(read) ? read.error.message : undefined;
}
