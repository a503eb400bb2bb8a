import { badge, chip, connect, forgetProviderSession, open, refreshNow, renew, signIn, signInAtProvider } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { World } from "../support/world.ts";
import type { Page } from "@playwright/test";

const JANSEN = "/databases/bakkerij-jansen";
const VRIES = "/databases/de-vries";
/** Who signs in without a one-time code, as often as needed. */
const CARLA = "carla@example.nl";
const BEN = "ben@example.nl";

test.use({
  wish: {
    databases: [
      { name: "Bakkerij Jansen", containers: [{ alias: "exact" }] },
      { name: "De Vries", containers: [{ alias: "exact" }, { alias: "holding" }] },
    ],
  },
});

/** Two users' chains, one of them with two containers, both broken at the provider. */
async function breakTwo(page: Page, world: World): Promise<void> {
  await connect(page, world, JANSEN, "exact", CARLA);
  await forgetProviderSession(page);
  await connect(page, world, VRIES, "exact", BEN);
  await forgetProviderSession(page);
  await renew(page, "holding");
  await signInAtProvider(page, world.sandbox, CARLA);
  await expect(page).toHaveURL((url) => url.pathname === VRIES);
  await expect(chip(page, "holding")).toHaveText("Live");
  for (const [path, user] of [[JANSEN, CARLA], [VRIES, BEN]] as const) {
    await world.sandbox.breakChain(user);
    await page.goto(path);
    await refreshNow(page, "exact");
    await expect(async () => {
      await page.goto(path);
      await expect(chip(page, "exact")).toHaveText("Needs repair", { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
  }
}

/** A one-time code works once: the next one is a period away. */
async function nextPeriod(world: World): Promise<void> {
  await world.sandbox.advance(31);
}

test("all that is broken is renewed one after another, with a browser closed on the way", async ({ page, context, world }) => {
  test.setTimeout(120_000);
  await signIn(page);
  await breakTwo(page, world);

  await test.step("a chain is one repair, however many data containers wait for it", async () => {
    await open(page, "/repairs");
    await expect(page.getByRole("article")).toHaveCount(2);
    const first = page.getByRole("article").filter({ hasText: `Sign in as ${CARLA}` });
    await expect(first).toContainText("Mended with it");
    await expect(first.getByRole("link", { name: "Store a sign-in" })).toBeVisible();
    await expect(badge(page)).toHaveAccessibleName("2 databases need repair");
  });

  await test.step("the first one leads to the provider and back", async () => {
    await page.getByRole("link", { name: "Renew all" }).click();
    await expect(page.getByRole("row")).toHaveCount(3);
    await page.getByRole("button", { name: "Begin with the first" }).click();
    // Though the provider knows this browser as Carla, it asks.
    await signInAtProvider(page, world.sandbox, CARLA);
    await expect(page).toHaveURL((url) => url.pathname === "/repairs/all" && url.searchParams.get("evergrant") === "renewed");
    await expect(page.locator(".progress")).toContainText("1 of 2");
    await expect(page.getByRole("row").filter({ hasText: `Renewed, and ${CARLA} signed in` })).toContainText("Live");
    await expect(page.getByRole("heading", { name: "Next: De Vries · exact" })).toBeVisible();
    await expect(page.getByText(`Sign in as ${BEN}`)).toBeVisible();
  });

  await page.close();
  const later = await context.newPage();

  await test.step("it goes on after a closed browser, and another user is noticed", async () => {
    await open(later, "/repairs");
    await expect(later.getByText("Renew all goes on: 1 of 2 done")).toBeVisible();
    await later.getByRole("link", { name: "Go on" }).click();
    await later.getByRole("link", { name: "Sign in at the provider" }).click();
    await signInAtProvider(later, world.sandbox, CARLA);
    await expect(later).toHaveURL((url) => url.pathname === "/repairs/all");
    await expect(later.getByText("Renew all is over")).toBeVisible();
    await expect(later.getByText("1 of 2 authorizations work again.")).toBeVisible();
    await expect(later.getByRole("row").filter({ hasText: `Another user signed in: ${CARLA}` })).toContainText("Needs repair");
    await expect(later.getByRole("link", { name: "Choose between the two" })).toBeVisible();
  });

  await test.step("what is left is renewed in another round", async () => {
    await later.getByRole("button", { name: "Renew what is left" }).click();
    await nextPeriod(world);
    await signInAtProvider(later, world.sandbox, BEN);
    await expect(later).toHaveURL((url) => url.pathname === "/repairs/all");
    await expect(later.getByText("1 of 1 authorizations work again.")).toBeVisible();
    await expect(badge(later)).toBeHidden();
  });

  expect((await world.sandbox.counts()).max_presented, "no link was ever sent twice").toBe(1);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("one is left out, the other renewed, and the round stopped", async ({ page, world }) => {
    test.setTimeout(120_000);
    await signIn(page);
    await breakTwo(page, world);
    await page.goto("/repairs");
    await page.getByRole("link", { name: "Renew all" }).click();
    await page.getByRole("button", { name: "Begin with the first" }).click();
    await expect(page).toHaveURL((url) => url.origin === world.sandbox.url);
    // Nobody signs in: the round waits.
    await page.goto("/repairs/all");
    await expect(page.locator(".progress")).toContainText("0 of 2");
    await page.getByRole("button", { name: "Leave out" }).click();
    await expect(page.locator(".progress")).toContainText("1 of 2");
    await page.getByRole("link", { name: "Sign in at the provider" }).click();
    await nextPeriod(world);
    await signInAtProvider(page, world.sandbox, BEN);
    await expect(page.getByText("1 of 2 authorizations work again.")).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "Left out" })).toContainText("Needs repair");

    await page.getByRole("button", { name: "Renew what is left" }).click();
    await expect(page).toHaveURL((url) => url.origin === world.sandbox.url);
    await page.goto("/repairs/all");
    await page.getByText("Stop", { exact: true }).click();
    await page.getByRole("button", { name: "Stop here" }).click();
    await expect(page.getByText("You have stopped.")).toBeVisible();
    await expect(badge(page)).toHaveAccessibleName("2 databases need repair");
  });
});
