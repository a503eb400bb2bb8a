import { APP, type Sandbox } from "../support/sandbox.ts";
import {
  alive,
  allow,
  badge,
  chip,
  notice,
  open,
  refreshNow,
  renew,
  row,
  signIn,
  signInAtProvider,
} from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { timing } from "../support/world.ts";
import type { Page } from "@playwright/test";

const DATABASE = "/databases/bakkerij-jansen";
const TIMING = JSON.stringify(timing({ minimumInterval: 0, accessLifetime: 600 }));

test.use({ wish: { databases: [] } });

/** Registers the app and copies the redirect URI to the provider. */
async function registerApp(page: Page, sandbox: Sandbox): Promise<void> {
  await page.getByRole("link", { name: "Enter your app registration" }).click();
  await page.getByLabel("Name").fill("Exact Online");
  await page.getByLabel("Country").selectOption("nl");
  await page.getByLabel("Client id").fill(APP.id);
  await page.getByLabel("Client secret").fill(APP.secret);
  await page.getByText("Special cases").click();
  await page.getByLabel("Provider's address").fill(sandbox.url);
  await page.getByLabel("Timing").fill(TIMING);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page)).toContainText("Saved.");
  const redirectUri = await page.locator(".copyable code").innerText();
  expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback\/exact-online$/);
  await sandbox.register(redirectUri);
}

/** Creates the database with one data container, which is not authorized yet. */
async function createDatabase(page: Page): Promise<void> {
  await page.goto("/databases/new");
  await page.getByLabel("Name").fill("Bakkerij Jansen");
  await page.getByRole("button", { name: "Create the database" }).click();
  await expect(page).toHaveURL(DATABASE);
  await expect(notice(page)).toContainText("The database is there.");
  await page.getByLabel("Alias").fill("exact");
  await page.getByRole("button", { name: "Add the data container" }).click();
  await expect(notice(page)).toContainText("The data container is there.");
  await expect(chip(page, "exact")).toHaveText("Not authorized");
}

test("a database is connected, breaks, and is renewed, and every page that is open follows", async ({
  page,
  context,
  world,
}) => {
  await signIn(page);
  await registerApp(page, world.sandbox);
  await createDatabase(page);

  await test.step("connect", async () => {
    await renew(page, "exact");
    await signInAtProvider(page, world.sandbox, "anna@example.nl");
    await allow(page);
    await expect(page).toHaveURL((url) => url.pathname === DATABASE && url.searchParams.get("evergrant") === "renewed");
    await expect(notice(page)).toContainText("exact: The authorization is renewed");
    await alive(page);
    await expect(chip(page, "exact")).toHaveText("Live");
    await expect(row(page, "exact")).toContainText("anna@example.nl");
    expect(page.url()).not.toMatch(/state=|code=/);
  });

  await test.step("its token counts down", async () => {
    const left = row(page, "exact").locator("td.figure .countdown");
    const first = await left.innerText();
    expect(first).toMatch(/^(10:00|9:\d\d)$/);
    await expect(left).not.toHaveText(first);
    await expect(left).toHaveText(/^9:\d\d$/);
  });

  const other = await context.newPage();
  await open(other, "/databases");
  await other.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await expect(badge(other)).toBeHidden();

  await test.step("a refresh renews it", async () => {
    const before = await world.sandbox.counts();
    await open(page, DATABASE);
    await refreshNow(page, "exact");
    await expect.poll(async () => (await world.sandbox.counts()).refreshes_accepted).toBe(before.refreshes_accepted + 1);
    await expect(chip(page, "exact")).toHaveText("Live");
  });

  await test.step("it breaks at the provider, and a page that only looks on shows the badge", async () => {
    await world.sandbox.breakChain("anna@example.nl");
    await open(page, DATABASE);
    await refreshNow(page, "exact");
    await expect(badge(other)).toBeVisible();
    await expect(badge(other)).toHaveAccessibleName("1 database needs repair");
    await expect(badge(other)).toHaveText("1");
    await expect(chip(page, "exact")).toHaveText("Needs repair");
    await expect(row(page, "exact")).toContainText("itgenoda494");
    await expect(badge(page)).toBeVisible();
  });

  await test.step("the list counts it, and the repairs page says what happened", async () => {
    const list = await context.newPage();
    await open(list, "/databases");
    await list.getByRole("row", { name: /Bakkerij Jansen/ }).getByRole("link", { name: "1 repair" }).click();
    await expect(list).toHaveURL("/repairs?database=bakkerij-jansen");
    const item = list.getByRole("article", { name: "Bakkerij Jansen · exact" });
    await expect(item).toContainText("The refresh token was used before");
    await expect(item).toContainText("Sign in as anna@example.nl");
    await list.close();
  });

  await test.step("the left button renews it, and the badge goes by itself", async () => {
    await renew(page, "exact");
    // The provider still knows the browser, so it asks nothing.
    await expect(page).toHaveURL((url) => url.pathname === DATABASE && url.searchParams.get("evergrant") === "renewed");
    await expect(chip(page, "exact")).toHaveText("Live");
    await expect(badge(page)).toBeHidden();
    await expect(badge(other)).toBeHidden();
    expect(await other.evaluate(() => "neverReloaded" in window)).toBe(true);
  });

  const counts = await world.sandbox.counts();
  expect(counts.max_presented, "no link was ever sent twice").toBe(1);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a database is connected, breaks and is renewed all the same", async ({ page, world }) => {
    await signIn(page);
    await registerApp(page, world.sandbox);
    await createDatabase(page);

    await renew(page, "exact");
    await signInAtProvider(page, world.sandbox, "anna@example.nl");
    await allow(page);
    await expect(page).toHaveURL((url) => url.pathname === DATABASE && url.searchParams.get("evergrant") === "renewed");
    await expect(chip(page, "exact")).toHaveText("Live");
    await expect(row(page, "exact").locator("td.figure .countdown")).toHaveText(/^(10:00|9:\d\d)$/);
    await expect(badge(page)).toBeHidden();

    await world.sandbox.breakChain("anna@example.nl");
    await refreshNow(page, "exact");
    await expect(async () => {
      await page.goto(DATABASE);
      await expect(chip(page, "exact")).toHaveText("Needs repair", { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await expect(badge(page)).toHaveAccessibleName("1 database needs repair");

    await badge(page).click();
    await expect(page).toHaveURL("/repairs");
    await page.getByRole("link", { name: "Renew the authorization of exact" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/repairs" && url.searchParams.get("evergrant") === "renewed");
    await expect(page.getByRole("heading", { name: "Nothing needs repair" })).toBeVisible();
    await expect(badge(page)).toBeHidden();
    await page.goto(DATABASE);
    await expect(chip(page, "exact")).toHaveText("Live");
  });
});
