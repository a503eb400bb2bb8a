import type { Page } from "@playwright/test";
import { CLIENT, OAuthServer, PERSON } from "../support/oauth-server.ts";
import { alive, badge, chip, fillCredentials, notice, open, refreshNow, renew, row, signIn } from "../support/steps.ts";
import { expect, test as base } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";

/** A test with a server of its own besides. */
const test = base.extend<{ server: OAuthServer }>({
  server: async ({}, use) => {
    const server = await OAuthServer.start();
    await use(server);
    await server.stop();
  },
});

test.use({ wish: { databases: [] } });

/** Fills in how the server is reached. */
async function describe(page: Page, server: OAuthServer, mayAllow: boolean): Promise<void> {
  await page.goto("/settings/registrations/new");
  await page.getByRole("link", { name: "Another OAuth server" }).click();
  await expect(page.getByRole("link", { name: "Another OAuth server" })).toHaveAttribute("aria-current", "page");
  await page.getByLabel("Name", { exact: true }).fill("Books");
  await page.getByLabel("Client id", { exact: true }).fill(CLIENT.id);
  await page.getByLabel("Client secret").fill(CLIENT.secret);
  await page.getByLabel("Authorization address").fill(`${server.url}/auth`);
  await page.getByLabel("Token address").fill(`${server.url}/token`);
  await page.getByLabel("Send client id and secret in a header").check();
  await page.getByLabel("Send a PKCE challenge").check();
  await page.getByLabel("Scope").fill("openid email offline_access");
  await page.getByLabel("Further parameters").fill("prompt=consent");
  await page.getByLabel("Address that names the user").fill(`${server.url}/me`);
  await page.getByLabel("Where the user's name stands").fill("/email");
  await page.getByLabel("Auto-recovery may press Allow").setChecked(mayAllow);
}

/** Saves it and copies the redirect URI to the server. */
async function save(page: Page, server: OAuthServer): Promise<void> {
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page)).toContainText("Saved.");
  server.register(await page.locator(".copyable code").innerText());
}

/** Makes a database with a container and walks the server's own pages. */
async function connect(page: Page): Promise<void> {
  await page.goto("/databases/new");
  await page.getByLabel("Name").fill("Bakkerij Jansen");
  await page.getByRole("button", { name: "Create the database" }).click();
  await page.getByLabel("Alias").fill("books");
  await page.getByRole("button", { name: "Add the data container" }).click();
  await expect(chip(page, "books")).toHaveText("Not authorized");
  // The server's pages ask for a typeface from elsewhere.
  await page.route(
    ({ hostname }) => !["localhost", "127.0.0.1"].includes(hostname),
    (route) => route.fulfill({ contentType: "text/css", body: "" }),
  );
  await renew(page, "books");
  await expect(page.getByRole("heading", { name: "Sign-in" })).toBeVisible();
  await page.getByPlaceholder("Enter any login").fill(PERSON.name);
  await page.getByPlaceholder("and password").fill(PERSON.password);
  await page.getByRole("button", { name: "Sign-in" }).click();
  await expect(page.getByRole("heading", { name: "Authorize" })).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(({ pathname }) => pathname === DATABASE);
  await expect(chip(page, "books")).toHaveText("Live");
  await expect(row(page, "books")).toContainText(PERSON.email);
}

/** Entrusts Evergrant with the sign-in. */
async function entrust(page: Page): Promise<void> {
  await open(page, `${DATABASE}/books/recovery`);
  await fillCredentials(page, PERSON);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(notice(page)).toContainText("Stored.");
}

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test("a server that nobody of us wrote is connected, kept, revoked, and heals by itself", async ({
  page,
  world,
  server,
}) => {
  await test.step("it is registered", async () => {
    await describe(page, server, true);
    await save(page, server);
    await expect(page.getByLabel("Auto-recovery may press Allow")).toBeChecked();
    await expect(page.getByLabel("Further parameters")).toHaveValue("prompt=consent");
    await page.goto("/settings/registrations");
    await expect(page.getByRole("row", { name: /Books/ })).toContainText("localhost");
  });

  await test.step("it is connected", async () => {
    await connect(page);
    await expect(row(page, "books")).toContainText("localhost");
    expect(server.seen).toMatchObject({ signIns: 1, consents: 1, codes: 1, refreshes: 0 });
  });

  await test.step("it is kept, each refresh token used once", async () => {
    for (const refreshes of [1, 2]) {
      await open(page, DATABASE);
      await refreshNow(page, "books");
      await expect.poll(() => server.seen.refreshes).toBe(refreshes);
      await expect(chip(page, "books")).toHaveText("Live");
    }
    expect(server.seen.refused).toBe(0);
  });

  await test.step("revoked, it heals by itself", async () => {
    await entrust(page);
    await server.revoke();
    await open(page, DATABASE);
    await refreshNow(page, "books");
    await expect.poll(() => server.seen.codes, { timeout: 30_000 }).toBe(2);
    await expect(chip(page, "books")).toHaveText("Live");
    await expect(badge(page)).toBeHidden();
    expect(server.seen).toEqual({ signIns: 2, wrongPasswords: 0, consents: 2, codes: 2, refreshes: 2, refused: 1 });
    await open(page, `${DATABASE}/books`);
    await expect(page.locator(".link-present")).toContainText("Recovered");
  });

  await test.step("the new chain is kept, too", async () => {
    await open(page, DATABASE);
    await refreshNow(page, "books");
    await expect.poll(() => server.seen.refreshes).toBe(3);
    await alive(page);
    await expect(chip(page, "books")).toHaveText("Live");
    await expect(row(page, "books")).toContainText(PERSON.email);
  });

  for (const secret of [CLIENT.secret, PERSON.password]) expect(world.evergrant.said).not.toContain(secret);
});

test("where nobody allowed it, auto-recovery agrees to nothing", async ({ page, server }) => {
  await describe(page, server, false);
  await save(page, server);
  await connect(page);
  await entrust(page);
  await server.revoke();
  await open(page, DATABASE);
  await refreshNow(page, "books");
  await alive(page);
  await expect(badge(page)).toBeVisible();
  await expect(chip(page, "books")).toHaveText("Needs repair");
  await open(page, `${DATABASE}/books`);
  await expect(page.locator("main")).toContainText("evg203");
  expect(server.seen).toMatchObject({ signIns: 2, consents: 1, codes: 1 });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("what is wrong is said at its field, and what was typed is kept", async ({ page, server }) => {
    await describe(page, server, true);
    const wrong = [
      ["Token address", "http://far.example/token", /https:\/\/host\/path/, `${server.url}/token`],
      ["Where the user's name stands", "email", /begin with a slash/, "/email"],
      ["Further parameters", "state=mine", /Evergrant itself says what state is/, "prompt=consent"],
      ["Further sign-in origins", "https://login.example/path", /https:\/\/host, without a path/, "https://login.example"],
    ] as const;
    for (const [label, text, said, right] of wrong) {
      const field = page.getByLabel(label);
      await field.fill(text);
      await page.getByLabel("Client secret").fill(CLIENT.secret);
      await page.getByRole("button", { name: "Save" }).click();
      await expect(field).toHaveAttribute("aria-invalid", "true");
      await expect(field).toHaveAccessibleDescription(said);
      await expect(field).toHaveValue(text);
      await expect(page.getByLabel("Authorization address")).toHaveValue(`${server.url}/auth`);
      await expect(page.getByLabel("Send client id and secret in a header")).toBeChecked();
      await expect(page.getByLabel("Client secret")).toHaveValue("");
      await field.fill(right);
    }
    await page.getByLabel("Client secret").fill(CLIENT.secret);
    await save(page, server);
    await expect(page.getByLabel("Further sign-in origins")).toHaveValue("https://login.example");
  });

  test("Exact Online may sign in over further origins", async ({ page }) => {
    await page.goto("/settings/registrations/new");
    await page.getByLabel("Name", { exact: true }).fill("Exact Online");
    await page.getByLabel("Client id", { exact: true }).fill("{aaaa}");
    await page.getByLabel("Client secret").fill("typed-once");
    await page.getByText("Special cases").click();
    await page.getByLabel("Further sign-in origins").fill("https://sso.example  http://127.0.0.1:4100");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(notice(page)).toContainText("Saved.");
    await expect(page.getByLabel("Further sign-in origins")).toHaveValue("https://sso.example http://127.0.0.1:4100");
    await page.goto("/settings/registrations");
    await expect(page.getByRole("row", { name: /Exact Online/ })).toContainText("Exact Online · NL");
  });
});
