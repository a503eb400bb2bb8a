import {
  chip,
  connect,
  forgetProviderSession,
  notice,
  open,
  renew,
  signIn,
  signInAtProvider,
} from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

const CALLBACK = "/oauth/callback/exact-online";
const DATABASE = "/databases/bakkerij-jansen";

/** Opens an address to which the provider might send somebody, and reads what the page says. */
async function arrive(page: Page, query: string): Promise<{ status: number; title: string }> {
  const answer = await page.goto(`${CALLBACK}${query}`);
  const title = await page.locator(".notice-title").innerText();
  return { status: answer?.status() ?? 0, title };
}

/** Begins a grant and gives its `state`; the browser then stands at the provider. */
async function begin(page: Page): Promise<string> {
  await page.goto(DATABASE);
  const asked = page.waitForRequest((request) => request.url().includes("/api/oauth2/auth?"));
  await renew(page, "exact");
  const state = new URL((await asked).url()).searchParams.get("state");
  expect(state).toMatch(/^[\w-]{22,}$/);
  await expect(page).toHaveURL(/Login\.aspx/);
  return state ?? "";
}

test.beforeEach(async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "carla@example.nl");
});

// Whatever came back, the chain is as it was.
test.afterEach(async ({ page, world }) => {
  await open(page, DATABASE);
  await expect(chip(page, "exact")).toHaveText("Live");
  expect((await world.sandbox.counts()).code_exchanges).toBe(1);
});

test("without or with a strange state a page says what happened", async ({ page }) => {
  expect(await arrive(page, "")).toEqual({ status: 400, title: "The way back had no state" });
  expect(await arrive(page, "?code=abc")).toEqual({ status: 400, title: "The way back had no state" });
  expect(await arrive(page, "?code=abc&state=a&state=b")).toEqual({
    status: 400,
    title: "The way back had no state",
  });
  expect(await arrive(page, "?code=abc&state=made-up")).toEqual({
    status: 400,
    title: "This sign-in is not known here",
  });
  await expect(page.getByRole("alert")).toContainText("The chain is as it was.");
  await page.getByRole("link", { name: "Go on" }).click();
  await expect(page).toHaveURL("/databases");
});

test("a way back works once", async ({ page }) => {
  await forgetProviderSession(page);
  const state = await begin(page);
  const refused = `?error=access_denied&state=${state}`;
  await page.goto(`${CALLBACK}${refused}`);
  await expect(page).toHaveURL(`${DATABASE}?evergrant=cancelled&alias=exact`);
  await expect(notice(page)).toContainText("exact: Cancelled");
  expect(await arrive(page, refused)).toEqual({ status: 400, title: "This sign-in was finished before" });
});

test("an error of the provider is told apart from a refusal", async ({ page }) => {
  await forgetProviderSession(page);
  const state = await begin(page);
  await page.goto(`${CALLBACK}?error=server_error&state=${state}`);
  await expect(page).toHaveURL(`${DATABASE}?evergrant=failed&code=denied&alias=exact`);
  await expect(page.getByRole("alert")).toContainText("The provider came back with an error");
});

test("another browser cannot finish a sign-in", async ({ page, browser, world, complaints }) => {
  await forgetProviderSession(page);
  const state = await begin(page);
  const stranger = await browser.newContext({ baseURL: world.url });
  complaints(stranger);
  const theirs = await stranger.newPage();
  expect(await arrive(theirs, `?code=theirs&state=${state}`)).toEqual({
    status: 400,
    title: "The sign-in was begun in another browser",
  });
  await stranger.close();
});

test("refusing at the provider changes nothing", async ({ page, world }) => {
  await forgetProviderSession(page);
  await begin(page);
  await signInAtProvider(page, world.sandbox, "ben@example.nl");
  await page.getByRole("button", { name: "Refuse" }).click();
  await expect(page).toHaveURL(`${DATABASE}?evergrant=cancelled&alias=exact`);
});

test("an unknown registration has no way back", async ({ page }) => {
  const answer = await page.goto("/oauth/callback/nobody?code=abc&state=def");
  expect(answer?.status()).toBe(400);
});
