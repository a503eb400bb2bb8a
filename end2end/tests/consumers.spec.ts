import { runRecipe, wrongInPowerQuery } from "../support/recipes.ts";
import { connect, notice, open, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

const ANNA = "anna@example.nl";

test.use({
  wish: {
    databases: [
      { name: "Bakkerij Jansen", containers: [{ alias: "exact" }] },
      { name: "De Vries", containers: [{ alias: "exact" }] },
    ],
  },
});

/** Makes a key for one database and gives it, as it is shown. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.goto("/consumers");
  await page.getByRole("link", { name: "New key" }).first().click();
  await page.getByLabel("Name of the program").fill(name);
  await page.getByLabel("Bakkerij Jansen").check();
  await page.getByLabel("Valid for (days)").fill("30");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("The key is shown this once")).toBeVisible();
  const key = await page.locator(".key code").innerText();
  expect(key).toMatch(/^evg_[A-Za-z0-9_-]{43}$/);
  return key;
}

/** The text of a recipe, as somebody would copy it. */
async function recipe(page: Page, name: string): Promise<string> {
  return await page.getByRole("article", { name, exact: true }).locator("pre").innerText();
}

test("a program gets a key, its recipes work, and a revoked key opens nothing", async ({ page, context, world }) => {
  test.setTimeout(120_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  await connect(page, world, "/databases/bakkerij-jansen", "exact", ANNA);
  const key = await makeKey(page, "Power BI");

  await test.step("the key can be copied, and is not shown twice", async () => {
    await page.getByRole("button", { name: "Copy the key" }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Power BI", exact: true })).toBeVisible();
    await expect(page.locator(".key")).toHaveCount(0);
    expect(await page.content()).not.toContain(key);
  });

  const curl = await recipe(page, "curl");
  const reads = { good: true, said: expect.stringContaining(ANNA) };
  const programs = [
    ["curl", "sh"],
    ["curl, with a short-lived token", "sh"],
    ["Python (requests)", "python3"],
    ["Ruby", "ruby"],
  ] as const;
  for (const [title, program] of programs) {
    await test.step(`the recipe for ${title} reads who is signed in`, async () => {
      const ran = await runRecipe(program, await recipe(page, title), key);
      expect(ran, ran.said).toEqual(reads);
    });
  }

  await test.step("the one for Power Query is at least well written", async () => {
    expect(await wrongInPowerQuery(await recipe(page, "Power Query M (Power BI, Excel)"))).toBeUndefined();
    expect(await wrongInPowerQuery("let a = in b"), "the grammar is really asked").toBeDefined();
  });

  await test.step("the list says when and from where it was used, and revokes it", async () => {
    await open(page, "/consumers");
    const row = page.getByRole("row").filter({ hasText: "Power BI" });
    await expect(row).toContainText("Bakkerij Jansen");
    await expect(row).toContainText("from 127.0.0.1");
    await expect(row).toContainText("Valid");
    await row.getByText("Revoke", { exact: true }).click();
    await expect(row).toContainText("gets no token any more");
    await row.getByRole("button", { name: "Revoke the key" }).click();
    await expect(notice(page)).toContainText("is revoked");
    await expect(row).toContainText("Revoked");
    expect((await runRecipe("sh", curl, key)).good).toBe(false);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a key is made for what was chosen, and what is wrong is said", async ({ page }) => {
    await signIn(page);
    await page.goto("/consumers/new");
    await page.getByLabel("Name of the program").fill("Excel");
    await page.getByLabel("Valid for (days)").fill("7");
    await page.getByRole("button", { name: "Make the key" }).click();
    await expect(page.locator(".scope .error")).toBeVisible();
    await expect(page.getByLabel("Name of the program")).toHaveValue("Excel");
    await page.getByLabel("Every database, those to come included").check();
    await page.getByRole("button", { name: "Make the key" }).click();
    await expect(page.locator(".key code")).toHaveText(/^evg_/);
    await page.goto("/consumers");
    await expect(page.getByRole("row").filter({ hasText: "Excel" })).toContainText("Every database");
    await expect(page.getByRole("row").filter({ hasText: "Excel" })).toContainText("never");
  });
});
