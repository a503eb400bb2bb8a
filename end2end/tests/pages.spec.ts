import { alive, allow, connect, forgetProviderSession, renew, signIn, signInAtProvider } from "../support/steps.ts";
import { checkPages, type Visit } from "../support/looks.ts";
import { expect, test } from "../support/test.ts";

/** The pages of an Evergrant in which something has happened. */
const FURNISHED: Visit[] = [
  { name: "databases", path: "/databases" },
  { name: "databases-filtered", path: "/databases?standing=repair&sort=repairs" },
  { name: "databases-nothing-found", path: "/databases?search=nowhere" },
  { name: "database-broken", path: "/databases/bakkerij-jansen" },
  { name: "database-other-user", path: "/databases/de-vries-installaties-zonen-b-v" },
  {
    name: "database-menu",
    path: "/databases/bakkerij-jansen",
    prepare: async (page) => {
      await page.getByLabel("More for exact").click();
      await page.getByRole("row").getByText("Rename", { exact: true }).first().click();
    },
  },
  { name: "database-outcome", path: "/databases/bakkerij-jansen?evergrant=failed&code=state-expired&alias=exact" },
  { name: "database-empty", path: "/databases/van-dijk-logistiek" },
  { name: "container", path: "/databases/bakkerij-jansen/exact" },
  { name: "repairs", path: "/repairs" },
  { name: "renew-all", path: "/repairs/all" },
  { name: "monitoring", path: "/monitoring" },
  {
    name: "monitoring-numbers",
    path: "/monitoring?code=itgenoda494",
    prepare: async (page) => {
      for (const numbers of await page.locator(".numbers > summary").all()) await numbers.click();
    },
  },
  { name: "monitoring-nothing", path: "/monitoring?database=nowhere" },
  {
    name: "consumer",
    path: "/consumers/new",
    prepare: async (page) => {
      await page.getByLabel("Name of the program").fill("Power BI");
      await page.getByLabel("Every database, those to come included").check();
      await page.getByRole("button", { name: "Make the key" }).click();
      await expect(page.locator(".key code")).toBeVisible();
      await alive(page);
    },
  },
  {
    name: "consumers",
    path: "/consumers",
    prepare: async (page) => {
      await page.getByRole("row").getByText("Revoke", { exact: true }).first().click();
    },
  },
  {
    name: "consumer-refused",
    path: "/consumers/new",
    prepare: async (page) => {
      await page.getByLabel("Name of the program").fill("Excel");
      await page.getByRole("button", { name: "Make the key" }).click();
      await expect(page.locator(".scope .error")).toBeVisible();
      await alive(page);
    },
  },
  { name: "lint", path: "/policies/lint" },
  {
    name: "lint-found",
    path: "/policies/lint",
    prepare: async (page) => {
      const lifetimes = "<ExpiresIn>-1</ExpiresIn><RefreshTokenExpiresIn ref='kvm.life'/>";
      await page
        .getByLabel("Or paste it")
        .fill(`<OAuthV2 name="Issue"><Operation>GenerateAccessToken</Operation>${lifetimes}</OAuthV2>`);
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await expect(page.locator(".finding")).toHaveCount(3);
      await alive(page);
    },
  },
  { name: "settings", path: "/settings" },
  { name: "guide", path: "/guide" },
  { name: "guide-topic", path: "/guide/hardening" },
  { name: "registrations", path: "/settings/registrations" },
  { name: "registration-new", path: "/settings/registrations/new" },
  { name: "registration-new-custom", path: "/settings/registrations/new?provider=custom" },
  {
    name: "registration",
    path: "/settings/registrations",
    prepare: async (page) => {
      await page.getByRole("link", { name: "Exact Online", exact: true }).click();
      await expect(page.getByRole("heading", { name: "Redirect URI" })).toBeVisible();
      await alive(page);
    },
  },
  { name: "database-new", path: "/databases/new" },
  { name: "not-found", path: "/databases/nothing-here", status: 404 },
  { name: "callback", path: "/oauth/callback/exact-online?code=a&state=b", status: 400, plain: true },
  {
    name: "renew-foreign",
    path: "/renew/bakkerij-jansen/exact?return_to=https%3A%2F%2Fevil.example",
    status: 400,
    plain: true,
  },
];

/** The pages of an Evergrant that is new. */
const EMPTY: Visit[] = [
  { name: "first-steps", path: "/databases" },
  { name: "repairs-none", path: "/repairs" },
  { name: "renew-all-none", path: "/repairs/all" },
  { name: "monitoring-new", path: "/monitoring" },
  { name: "consumers-none", path: "/consumers" },
  { name: "registrations-none", path: "/settings/registrations" },
];

/** The pages for somebody who is not signed in. */
const STRANGERS: Visit[] = [
  { name: "sign-in", path: "/sign-in", plain: true },
  {
    name: "sign-in-refused",
    path: "/sign-in?next=/renew/a/b",
    plain: true,
    prepare: async (page) => {
      await page.getByRole("textbox", { name: "User name" }).fill("nobody");
      await page.getByLabel("Password").fill("not the right one at all");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.locator(".error")).toBeVisible();
    },
  },
  { name: "set-up-used", path: "/set-up/used", status: 410, plain: true },
];

test.describe("pages with something on them", () => {
  test.use({
    wish: {
      databases: [
        { name: "Bakkerij Jansen", containers: [{ alias: "exact" }] },
        { name: "De Vries Installaties & Zonen B.V.", containers: [{ alias: "exact", warm: true }, { alias: "exact-holding" }] },
        { name: "Van Dijk Logistiek", containers: [] },
      ],
    },
  });

  test("look right to everybody", async ({ page, world }) => {
    test.setTimeout(480_000);
    await signIn(page);
    await connect(page, world, "/databases/bakkerij-jansen", "exact", "anna@example.nl");
    await forgetProviderSession(page);
    const second = "/databases/de-vries-installaties-zonen-b-v";
    await connect(page, world, second, "exact", "carla@example.nl");
    await forgetProviderSession(page);
    await renew(page, "exact");
    await signInAtProvider(page, world.sandbox, "ben@example.nl");
    await allow(page);
    await world.sandbox.breakChain("anna@example.nl");
    await page.goto("/databases/bakkerij-jansen");
    await page.getByLabel("More for exact").click();
    await page.getByRole("button", { name: "Refresh now" }).click();
    await expect(page.locator(".chip-broken").first()).toBeVisible();
    await checkPages(page, world.url, FURNISHED);
  });
});

test.describe("pages of a new Evergrant", () => {
  test.use({ wish: { databases: [] } });

  test("look right to everybody", async ({ page, world }) => {
    test.setTimeout(240_000);
    await checkPages(page, world.url, STRANGERS);
    await page.context().clearCookies();
    await signIn(page);
    await checkPages(page, world.url, EMPTY);
  });
});

test.describe("the page for the first operator", () => {
  test.use({ wish: { operator: false, databases: [] } });

  test("looks right to everybody", async ({ page, world }) => {
    const link = await world.setUpLink();
    await checkPages(page, world.url, [{ name: "set-up", path: new URL(link).pathname, plain: true }]);
  });
});
