import { badge, chip, connect, open, refreshNow, row, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";

test.describe("a warm data container", () => {
  test.use({
    wish: {
      databases: [{ name: "Bakkerij Jansen", containers: [{ alias: "exact", warm: true }] }],
      minimumInterval: 1,
      accessLifetime: 3,
    },
  });

  test("is renewed by itself, and a break shows by itself", async ({ page, world }) => {
    await signIn(page);
    await connect(page, world, DATABASE, "exact", "anna@example.nl");
    await expect.poll(async () => (await world.sandbox.counts()).refreshes_accepted).toBeGreaterThanOrEqual(2);
    await open(page, DATABASE);
    await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
    await world.sandbox.breakChain("anna@example.nl");
    await expect(badge(page)).toBeVisible();
    await expect(chip(page, "exact")).toHaveText("Needs repair");
    expect(await page.evaluate(() => "neverReloaded" in window)).toBe(true);
    expect((await world.sandbox.counts()).max_presented).toBe(1);
  });
});

test.describe("while the provider would refuse a refresh", () => {
  test.use({ wish: { minimumInterval: 570 } });

  test("the button counts down instead of breaking the chain, and renewing stays possible", async ({
    page,
    world,
  }) => {
    await signIn(page);
    await connect(page, world, DATABASE, "exact", "anna@example.nl");
    await open(page, DATABASE);
    await page.getByLabel("More for exact").click();
    const button = row(page, "exact").getByRole("button", { name: /^Refresh now/ });
    await expect(button).toBeDisabled();
    await expect(button).toHaveText(/^Refresh now in 9:[0-2]\d$/);
    const shown = await button.innerText();
    await expect(button).not.toHaveText(shown);
    await expect(row(page, "exact").getByRole("link", { name: "Renew the authorization of exact" })).toBeVisible();
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });

    test("the button cannot be pressed either", async ({ page, world }) => {
      await signIn(page);
      await connect(page, world, DATABASE, "exact", "anna@example.nl");
      await page.getByLabel("More for exact").click();
      await expect(row(page, "exact").getByRole("button", { name: /^Refresh now in 9:/ })).toBeDisabled();
    });
  });
});

test("an outage of the provider waits and asks for nobody", async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  await world.sandbox.arrange("outage", 1);
  await refreshNow(page, "exact");
  await expect(row(page, "exact")).toContainText("evg104");
  await expect(chip(page, "exact")).toHaveText("Waiting");
  await expect(badge(page)).toBeHidden();
  // The first try again comes after a few seconds, and the page follows it.
  await expect(chip(page, "exact")).toHaveText("Live");
});

test("an answer that is lost is looked into first, and then a person is asked", async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  await world.sandbox.arrange("answer_lost");
  await refreshNow(page, "exact");
  await expect(chip(page, "exact")).toHaveText("In doubt");
  await expect(badge(page)).toBeHidden();
  await expect(chip(page, "exact")).toHaveText("Needs repair", { timeout: 40_000 });
  await expect(row(page, "exact")).toContainText("evg102 An answer was lost");
  await expect(badge(page)).toBeVisible();
});

test("the page of a data container shows its chain and its journal", async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  await world.sandbox.arrange("outage404");
  await refreshNow(page, "exact");
  await expect(row(page, "exact")).toContainText("evg104");
  await expect(chip(page, "exact")).toHaveText("Live");
  await page.getByRole("link", { name: "exact", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Chain" })).toBeVisible();
  await expect(page.locator(".link")).toHaveCount(2);
  await expect(page.locator(".link-present")).toContainText("#2");
  await expect(page.getByRole("row", { name: /Access token renewed/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Authorized.*ines@evergrant\.example/ })).toBeVisible();
});
