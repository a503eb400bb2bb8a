import { expect, type Locator, type Page } from "@playwright/test";
import type { Sandbox } from "./sandbox.ts";
import { OPERATOR, type World } from "./world.ts";

/** Waits until the islands of a page are alive. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-ready", "");
}

/** Opens a page of ours and waits until its islands are alive. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}

/** Fills the sign-in form, wherever the browser was sent to it from. */
export async function fillSignIn(page: Page, password = OPERATOR.password): Promise<void> {
  await page.getByLabel("User name").fill(OPERATOR.name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs the operator in. */
export async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await fillSignIn(page);
  await expect(page).toHaveURL(/\/databases$/);
}

/** The box that says how something went. */
export function notice(page: Page): Locator {
  return page.locator(".notice");
}

/** The row of a data container. */
export function row(page: Page, alias: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name: alias, exact: true }) });
}

/** The state of a data container, in a word. */
export function chip(page: Page, alias: string): Locator {
  return row(page, alias).locator(".chip");
}

/** The badge in the bar at the top. */
export function badge(page: Page): Locator {
  return page.getByRole("banner").getByRole("link", { name: /need(s)? repair$/ });
}

/** Presses the left-most button of a data container. */
export async function renew(page: Page, alias: string): Promise<void> {
  await row(page, alias).getByRole("link", { name: `Renew the authorization of ${alias}` }).click();
}

/** The right-most button of a data container. */
export function shield(page: Page, alias: string): Locator {
  return row(page, alias).getByRole("link", { name: `Auto-recovery for ${alias}` });
}

/** Opens the auto-recovery of a data container in its dialog. */
export async function openRecovery(page: Page, alias: string): Promise<Locator> {
  await shield(page, alias).click();
  const dialog = page.getByRole("dialog", { name: `Auto-recovery for ${alias}` });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** A sign-in that is entrusted to Evergrant. */
export type SignIn = { name: string; password: string; secret?: string };

/** Fills in the form with the credentials, on its page or in the dialog. */
export async function fillCredentials(where: Page | Locator, signIn: SignIn): Promise<void> {
  await where.getByLabel("User name").fill(signIn.name);
  await where.getByLabel("Password", { exact: true }).fill(signIn.password);
  if (signIn.secret !== undefined) await where.getByLabel("Authenticator secret").fill(signIn.secret);
  await where.getByLabel("Evergrant may sign in with this by itself").check();
}

/** Presses "Refresh now" in the menu of a data container. */
export async function refreshNow(page: Page, alias: string): Promise<void> {
  // The menu is a `details` element, which opens without a script too.
  await row(page, alias).locator("summary").first().click();
  await row(page, alias).getByRole("button", { name: "Refresh now" }).click();
}

/** Signs in at the provider with name, password and one-time code. */
export async function signInAtProvider(page: Page, sandbox: Sandbox, name: string): Promise<void> {
  await expect(page).toHaveURL((url) => url.origin === sandbox.url && url.pathname === "/docs/Login.aspx");
  await page.getByLabel("User name").fill(name);
  await page.getByRole("button", { name: "Next" }).click();
  const person = await sandbox.person(name);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (person.one_time_code !== null) {
    await expect(page).toHaveURL(/TotpLogin/);
    const { one_time_code: code } = await sandbox.person(name);
    await page.getByLabel("Code from your authenticator app").fill(code ?? "");
    await page.getByRole("button", { name: "Verify" }).click();
  }
}

/** Lets the app in, as a user who meets it for the first time is asked. */
export async function allow(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Allow access?" })).toBeVisible();
  await page.getByRole("button", { name: "Allow" }).click();
}

/** Makes the provider ask who it is, as on the next day. */
export async function forgetProviderSession(page: Page): Promise<void> {
  await page.context().clearCookies({ name: "ExactOnlineSession" });
}

/** Connects a data container for a user who meets the app for the first time. */
export async function connect(page: Page, world: World, path: string, alias: string, user: string): Promise<void> {
  await page.goto(path);
  await renew(page, alias);
  await signInAtProvider(page, world.sandbox, user);
  await allow(page);
  await expect(page).toHaveURL((url) => url.origin === world.url && url.pathname === path);
  await expect(chip(page, alias)).toHaveText("Live");
}
