import { open, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

async function choose(page: Page, menu: string, choice: string): Promise<void> {
  await page.getByRole("banner").getByLabel(menu, { exact: true }).click();
  await page.getByRole("banner").getByRole("button", { name: choice }).click();
}

async function background(page: Page): Promise<string> {
  return await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the language is chosen, kept and left again", async ({ page }) => {
      await signIn(page);
      await page.goto("/databases?search=jan");
      await expect(page.locator("html")).toHaveAttribute("lang", "en");
      await choose(page, "Language: EN", "Nederlands");
      await expect(page).toHaveURL("/databases?search=jan");
      await expect(page.locator("html")).toHaveAttribute("lang", "nl");
      await expect(page.getByRole("link", { name: "Nieuwe database" })).toBeVisible();
      await page.goto("/repairs");
      await expect(page).toHaveTitle("Herstel · Evergrant");
      await expect(page.getByRole("heading", { name: "Er hoeft niets hersteld te worden" })).toBeVisible();
      await choose(page, "Taal: NL", "English");
      await expect(page).toHaveTitle("Repairs · Evergrant");
    });

    test("the theme is chosen and kept", async ({ page }) => {
      await page.emulateMedia({ colorScheme: "light" });
      await signIn(page);
      const light = await background(page);
      await choose(page, "Theme", "Dark");
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      const dark = await background(page);
      expect(dark).not.toBe(light);
      await page.goto("/settings");
      expect(await background(page)).toBe(dark);
      await choose(page, "Theme", "As the system");
      await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
      expect(await background(page)).toBe(light);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await background(page)).toBe(dark);
      await choose(page, "Theme", "Light");
      await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
      expect(await background(page)).toBe(light);
    });
  });
}

test.describe("a browser that prefers Dutch", () => {
  test.use({ locale: "nl-NL" });

  test("is answered in Dutch before anybody chose", async ({ page, world }) => {
    await page.goto("/sign-in");
    await expect(page.locator("html")).toHaveAttribute("lang", "nl");
    await expect(page.getByRole("heading", { name: "Aanmelden" })).toBeVisible();
    await page.goto(`${world.url}/oauth/callback/exact-online`);
    await expect(page.locator("html")).toHaveAttribute("lang", "nl");
  });
});

test("live texts come in the language of the page", async ({ page, world }) => {
  await signIn(page);
  await choose(page, "Language: EN", "Nederlands");
  await open(page, "/databases/bakkerij-jansen");
  const token = await world.sandbox.issue("anna@example.nl");
  await world.sandbox.breakChain("anna@example.nl");
  const other = await page.context().newPage();
  await other.goto("/databases/bakkerij-jansen");
  await other.getByLabel("Meer voor exact").click();
  await other.getByText("Verversingstoken plakken").click();
  await other.getByLabel("Verversingstoken").fill(token);
  await other.getByRole("button", { name: "Overnemen" }).click();
  await expect(page.getByRole("banner").getByRole("link", { name: "1 database moet hersteld worden" })).toBeVisible();
  await expect(page.locator(".chip").filter({ hasText: "Herstel nodig" })).toBeVisible();
});
