import {
  allow,
  badge,
  connect,
  fillSignIn,
  forgetProviderSession,
  signIn,
  signInAtProvider,
} from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { World } from "../support/world.ts";

const LINK = "/renew/bakkerij-jansen/exact";

/** An address of another program that is on the list. */
function listed(world: World): string {
  return `${world.sandbox.url}/docs/MenuPortal.aspx?from=mail`;
}

test("a renew link asks for the sign-in, walks the grant and comes back with the outcome", async ({
  page,
  world,
}) => {
  await page.goto(`${LINK}?return_to=${encodeURIComponent(listed(world))}`);
  await expect(page).toHaveURL(/\/sign-in\?&?next=/);
  await expect(page.getByText("Sign in here first.")).toBeVisible();
  await fillSignIn(page);
  await signInAtProvider(page, world.sandbox, "anna@example.nl");
  await allow(page);
  await expect(page).toHaveURL(`${listed(world)}&evergrant=renewed`);
});

test("without a return address it ends on the page of the database", async ({ page, world }) => {
  await page.goto(LINK);
  await fillSignIn(page);
  await signInAtProvider(page, world.sandbox, "carla@example.nl");
  await allow(page);
  await expect(page).toHaveURL("/databases/bakkerij-jansen?evergrant=renewed&alias=exact");
  await expect(badge(page)).toBeHidden();
});

test("a refusal at the provider comes back as cancelled", async ({ page, world }) => {
  await signIn(page);
  await page.goto(`${LINK}?return_to=${encodeURIComponent(listed(world))}`);
  await signInAtProvider(page, world.sandbox, "anna@example.nl");
  await page.getByRole("button", { name: "Refuse" }).click();
  await expect(page).toHaveURL(`${listed(world)}&evergrant=cancelled`);
});

test("a foreign return address is refused before anything begins", async ({ page, world }) => {
  await signIn(page);
  const foreign = [
    "https://evil.example/",
    "//evil.example/",
    `${world.sandbox.url}.evil.example/`,
    `http://localhost@evil.example/`,
    "javascript:alert(1)",
  ];
  for (const address of foreign) {
    const answer = await page.goto(`${LINK}?return_to=${encodeURIComponent(address)}`);
    expect(answer?.status(), address).toBe(400);
    expect(new URL(page.url()).origin).toBe(world.url);
    await expect(page.getByRole("alert")).toContainText("The link wants to come back to a foreign address");
  }
  expect((await world.sandbox.counts()).token_calls).toBe(0);
});

test("a link to what is not there says so", async ({ page }) => {
  await signIn(page);
  for (const path of ["/renew/bakkerij-jansen/nothing", "/renew/nobody/exact"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("alert")).toContainText("There is no such data container");
  }
});

test("somebody who signed in at the provider a moment ago is only led through", async ({ page, world }) => {
  await signIn(page);
  await connect(page, world, "/databases/bakkerij-jansen", "exact", "anna@example.nl");
  await page.goto(`${LINK}?return_to=${encodeURIComponent("/repairs")}`);
  await expect(page).toHaveURL("/repairs?evergrant=renewed&alias=exact");
  await forgetProviderSession(page);
  await page.goto(LINK);
  await expect(page).toHaveURL(/Login\.aspx/);
});
