import { alive, badge, chip, notice, open, row, shield, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";

test.beforeEach(async ({ page }) => {
  await signIn(page);
  await page.goto(DATABASE);
});

test("a refresh token from elsewhere is taken over and never shown again", async ({ page, world }) => {
  const token = await world.sandbox.issue("ben@example.nl");
  await page.getByLabel("More for exact").click();
  await page.getByText("Paste a refresh token").click();
  await page.getByLabel("Refresh token").fill(token);
  await page.getByRole("button", { name: "Take it over" }).click();
  await expect(notice(page)).toContainText("The refresh token was taken over");
  await alive(page);
  await expect(chip(page, "exact")).toHaveText("Live");
  await page.reload();
  await expect(row(page, "exact")).toContainText("ben@example.nl");
  expect(await page.content()).not.toContain(token);
  expect(world.evergrant.said).not.toContain(token);
});

test("a refresh token that does not work needs repair at once", async ({ page }) => {
  await page.getByLabel("More for exact").click();
  await page.getByText("Paste a refresh token").click();
  await page.getByLabel("Refresh token").fill("made-up");
  await page.getByRole("button", { name: "Take it over" }).click();
  await alive(page);
  await expect(chip(page, "exact")).toHaveText("Needs repair");
  await expect(badge(page)).toBeVisible();
});

test("a data container is renamed, kept warm and added beside another one", async ({ page }) => {
  await page.getByLabel("More for exact").click();
  await row(page, "exact").getByText("Rename", { exact: true }).first().click();
  const alias = row(page, "exact").getByLabel("Alias");
  await alias.fill("Not an alias!");
  await row(page, "exact").getByRole("button", { name: "Rename" }).click();
  // The menu is open at the mistake, with what was typed.
  await expect(page.getByText("Only letters a to z, digits, - and _.").first()).toBeVisible();
  await expect(alias).toHaveValue("Not an alias!");
  await alias.fill("main");
  await row(page, "exact").getByRole("button", { name: "Rename" }).click();
  await expect(notice(page)).toContainText("The data container has its new alias.");

  await page.getByLabel("More for main").click();
  await row(page, "main").getByRole("button", { name: "Keep warm" }).click();
  await expect(notice(page)).toContainText("kept fresh all the time");
  await expect(row(page, "main")).toContainText("Kept warm");

  await page.getByText("Add a data container").click();
  await page.locator("#add").getByLabel("Alias").fill("main");
  await page.getByRole("button", { name: "Add the data container" }).click();
  await expect(page.getByText("This one exists already.")).toBeVisible();
  await page.locator("#add").getByLabel("Alias").fill("holding");
  await page.getByRole("button", { name: "Add the data container" }).click();
  await expect(chip(page, "holding")).toHaveText("Not authorized");
});

test("a database keeps its address when it is renamed", async ({ page }) => {
  await page.getByLabel("Rename or delete the database").click();
  await page.getByLabel("Name", { exact: true }).fill("Jansen & Zonen <B.V.>");
  await page.getByRole("button", { name: "Rename" }).first().click();
  await expect(page).toHaveURL(DATABASE);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Jansen & Zonen <B.V.>");
  await expect(page).toHaveTitle("Jansen & Zonen <B.V.> · Evergrant");
  await page.goto("/databases?search=zonen");
  await expect(page.getByRole("row", { name: /Jansen & Zonen/ })).toBeVisible();
  await page.goto("/databases?search=vanderberg");
  await expect(page.getByRole("heading", { name: "No database matches" })).toBeVisible();
});

test("the auto-recovery button is the last of its row, and the renew button the first", async ({ page }) => {
  await open(page, DATABASE);
  const button = shield(page, "exact");
  await expect(row(page, "exact").getByRole("cell").last().getByRole("link")).toHaveCount(1);
  await expect(row(page, "exact").getByRole("cell").first().getByRole("link")).toHaveText("Renew");
  const renew = await row(page, "exact").getByRole("link", { name: /^Renew/ }).boundingBox();
  const recovery = await button.boundingBox();
  expect(renew?.x).toBeLessThan(recovery?.x ?? 0);
});

test("the address for programs is copied", async ({ page, context, world }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, DATABASE);
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByText("Copied")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`${world.url}/api/v1/databases/bakkerij-jansen`);
});
