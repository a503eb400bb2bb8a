import { APP } from "../support/sandbox.ts";
import { alive, badge, chip, connect, notice, open, refreshNow, row, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

const DATABASE = "/databases/bakkerij-jansen";

async function openRegistration(page: Page, name: string): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("link", { name: "App registrations" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test("a stored secret never comes back to the browser", async ({ page }) => {
  await openRegistration(page, "Exact Online");
  await expect(page.getByLabel("Client secret")).toHaveValue("");
  expect(await page.content()).not.toContain(APP.secret);
  await page.getByLabel("Name").fill("Exact Online NL");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page)).toContainText("Saved.");
  // The redirect URI that the provider knows stays.
  await expect(page.locator(".copyable code")).toHaveText(/\/oauth\/callback\/exact-online$/);
  await expect(page.getByText(/^Used by (1|one) data containers?, so it cannot be deleted\.$/)).toBeVisible();
});

test("what is wrong is said at its field, and what was typed is kept", async ({ page }) => {
  await page.goto("/settings/registrations/new");
  await page.getByLabel("Name").fill("Second");
  await page.getByLabel("Client id").fill("{aaaa}");
  await page.getByLabel("Client secret").fill("typed-once");
  await page.getByText("Special cases").click();
  await page.getByLabel("Provider's address").fill("ftp://nowhere");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Provider's address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Provider's address")).toHaveAccessibleDescription(/https:\/\/host/);
  await expect(page.getByLabel("Name")).toHaveValue("Second");
  await expect(page.getByLabel("Client secret")).toHaveValue("");
  expect(await page.content()).not.toContain("typed-once");

  await page.getByLabel("Provider's address").fill("");
  await page.getByLabel("Client secret").fill("typed-once");
  await page.getByLabel("Timing").fill("not JSON");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Timing")).toHaveAttribute("aria-invalid", "true");

  await page.getByLabel("Timing").fill("");
  await page.getByLabel("Client secret").fill("typed-once");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page)).toContainText("Saved.");
});

test("a registration that nothing uses is deleted after one question", async ({ page }) => {
  await page.goto("/settings/registrations/new");
  await page.getByLabel("Name").fill("Second");
  await page.getByLabel("Client id").fill("{aaaa}");
  await page.getByLabel("Client secret").fill("typed-once");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Delete this registration").click();
  await expect(page.getByText("“Second” and its sealed client secret are deleted for good.")).toBeVisible();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await expect(page).toHaveURL("/settings/registrations");
  await expect(page.getByRole("link", { name: "Second" })).toHaveCount(0);
});

test("a refused client is told apart from a broken chain, and a corrected secret is tried at once", async ({
  page,
  world,
}) => {
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  await world.sandbox.arrange("invalid_client");
  await refreshNow(page, "exact");
  await expect(row(page, "exact")).toContainText("evg103");
  await expect(chip(page, "exact")).toHaveText("Waiting");
  await expect(badge(page)).toBeHidden();

  await openRegistration(page, "Exact Online");
  await expect(page.getByRole("alert")).toContainText("The provider refuses client id or secret");
  await page.getByLabel("Client secret").fill(APP.secret);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page).first()).toContainText("Saved.");
  await open(page, DATABASE);
  await alive(page);
  await expect(chip(page, "exact")).toHaveText("Live");
  await page.goto("/settings/registrations");
  await expect(page.getByRole("row", { name: /Exact Online/ })).toContainText("In order");
});
