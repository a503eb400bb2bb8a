import {
  allow,
  chip,
  connect,
  forgetProviderSession,
  notice,
  renew,
  row,
  signIn,
  signInAtProvider,
} from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";
import type { World } from "../support/world.ts";

const DATABASE = "/databases/bakkerij-jansen";

/** Renews what belongs to Anna, and signs in as Ben. */
async function renewAsBen(page: Page, world: World): Promise<void> {
  await forgetProviderSession(page);
  await renew(page, "exact");
  await signInAtProvider(page, world.sandbox, "ben@example.nl");
  await allow(page);
  await expect(page).toHaveURL((url) => url.searchParams.get("code") === "other-user");
  await expect(notice(page)).toContainText(/exact: a different user signed in/i);
  // Until somebody chooses, the container stays with its user.
  await expect(row(page, "exact")).toContainText("anna@example.nl");
}

test.beforeEach(async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
});

test("a different user who signed in is kept", async ({ page, world }) => {
  await renewAsBen(page, world);
  await page.getByRole("button", { name: "Keep ben@example.nl" }).click();
  await expect(notice(page)).toContainText("goes on with the user who signed in");
  await expect(row(page, "exact")).toContainText("ben@example.nl");
  await expect(chip(page, "exact")).toHaveText("Live");
  await page.goto(DATABASE);
  await expect(page.getByRole("button", { name: /^Keep/ })).toHaveCount(0);
});

test("a different user who signed in is undone", async ({ page, world }) => {
  await renewAsBen(page, world);
  await page.getByRole("button", { name: "Undo, stay with anna@example.nl" }).click();
  await expect(notice(page)).toContainText("stays with its user");
  await expect(row(page, "exact")).toContainText("anna@example.nl");
  await expect(chip(page, "exact")).toHaveText("Live");
  await page.goto(DATABASE);
  await expect(page.getByRole("button", { name: /^Undo/ })).toHaveCount(0);
});

test("the question waits until it is answered", async ({ page, world }) => {
  await renewAsBen(page, world);
  await page.goto("/databases");
  await page.goto(DATABASE);
  await expect(page.getByRole("button", { name: "Keep ben@example.nl" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo, stay with anna@example.nl" })).toBeVisible();
});
