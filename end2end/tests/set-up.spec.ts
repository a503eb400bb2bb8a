import { expect, test } from "../support/test.ts";
import { fillSignIn } from "../support/steps.ts";
import { OPERATOR } from "../support/world.ts";

test.use({ wish: { operator: false, databases: [] } });

test("the printed link makes the first operator, once", async ({ page, world }) => {
  const link = await world.setUpLink();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "The first operator" })).toBeVisible();

  await page.getByLabel("User name").fill(OPERATOR.name);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create and sign in" }).click();
  await expect(page.getByLabel("User name")).toHaveValue(OPERATOR.name);
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Password")).toHaveValue("");

  await page.getByLabel("Password").fill(OPERATOR.password);
  await page.getByRole("button", { name: "Create and sign in" }).click();
  await expect(page).toHaveURL("/databases");
  await expect(page.getByRole("heading", { name: "Three steps to your first database" })).toBeVisible();

  const again = await page.goto(link);
  expect(again?.status()).toBe(410);
  await expect(page.getByRole("alert")).toContainText("This link does not work any more.");
  await expect(page.getByLabel("Password")).toHaveCount(0);
});

test("a made-up set-up link makes nobody an operator", async ({ page, request }) => {
  const answer = await page.goto("/set-up/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  expect(answer?.status()).toBe(410);
  const form = { token: "AAAAAAAA", name: OPERATOR.name, password: OPERATOR.password };
  await request.post("/do/set-up", { form, maxRedirects: 0 });
  await page.goto("/sign-in");
  await fillSignIn(page);
  await expect(page).toHaveURL("/sign-in");
});

test.describe("with an operator", () => {
  test.use({ wish: { operator: true, databases: [] } });

  test("a wrong password is refused, the right one leads to where somebody wanted to go", async ({ page }) => {
    await page.goto("/settings/registrations");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await fillSignIn(page, "not the right one at all");
    await expect(page.getByText("User name or password is wrong.")).toBeVisible();
    await expect(page.getByLabel("User name")).toHaveValue(OPERATOR.name);

    await fillSignIn(page);
    await expect(page).toHaveURL("/settings/registrations");
    await page.goto("/sign-in");
    await expect(page).toHaveURL("/databases");
  });

  test("after signing out every page asks for the sign-in again", async ({ page, context }) => {
    await page.goto("/sign-in");
    await fillSignIn(page);
    await expect(page).toHaveURL("/databases");
    const before = await context.cookies();
    for (const cookie of before) {
      expect(cookie, "no script reads a cookie of ours").toMatchObject({ httpOnly: true, sameSite: "Lax" });
    }
    await page.getByLabel(`Signed in as ${OPERATOR.name}`).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in");
    for (const path of ["/databases", "/repairs", "/settings", "/databases/new"]) {
      await page.goto(path);
      await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=${encodeURIComponent(path)}$`));
    }
    // The session itself has ended, not only its cookie.
    await context.addCookies(before);
    await page.goto("/databases");
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test("nobody is led elsewhere by the sign-in page", async ({ page, world }) => {
    for (const foreign of ["https://evil.example/", "//evil.example/", "/\\evil.example"]) {
      // A page that is left open would ask for the live state without its session.
      await page.goto("about:blank");
      await page.context().clearCookies();
      await page.goto(`/sign-in?next=${encodeURIComponent(foreign)}`);
      await fillSignIn(page);
      await expect(page).toHaveURL(`${world.url}/databases`);
    }
  });
});
