import { checkPages } from "../support/looks.ts";
import { Receiver, signature } from "../support/receiver.ts";
import { alive, connect, notice, refreshNow, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Page } from "@playwright/test";

const PAGE = "/settings/alerts";
const DATABASE = "/databases/bakkerij-jansen";

async function addWebhook(page: Page, name: string, address: string): Promise<void> {
  await page.goto(PAGE);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Address").fill(address);
  await page.getByRole("button", { name: "Add the target" }).click();
}

/** The row of the newest delivery. */
function newest(page: Page): ReturnType<Page["locator"]> {
  return page.getByRole("table", { name: "Deliveries" }).locator("tbody tr").first();
}

test.use({ wish: { settings: { EVERGRANT_ALLOW_PRIVATE: "127.0.0.1" } } });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a webhook is added, tested, paused and deleted, and its secret is shown once", async ({ page }) => {
      const receiver = await Receiver.start();
      await signIn(page);
      await addWebhook(page, "Chat", receiver.address);
      await expect(notice(page).first()).toContainText("The target is there.");
      const secret = (await page.locator(".notice code").textContent()) ?? "";
      expect(secret).toMatch(/^evw_[\w-]{43}$/);
      await page.reload();
      expect(await page.content()).not.toContain(secret);

      await page.getByRole("button", { name: "Send a test" }).click();
      await expect(notice(page)).toContainText("The receiver took it.");
      const [got] = receiver.got;
      expect(got?.headers["evergrant-event"]).toBe("test");
      expect(got === undefined ? "" : signature(got, secret)).toBe(got?.headers["evergrant-signature"]);
      await expect(newest(page)).toContainText("Delivered");

      receiver.status = 500;
      await page.getByRole("button", { name: "Send again: Test, to Chat" }).click();
      await expect(notice(page)).toContainText("The receiver did not take it: answered 500.");
      await expect(newest(page)).toContainText("Given up");
      expect(receiver.got[1]?.headers["evergrant-id"]).toBe(got?.headers["evergrant-id"]);

      await page.getByRole("button", { name: "Pause" }).click();
      await expect(page.locator(".chip", { hasText: "Paused" })).toBeVisible();
      await expect(page.getByRole("button", { name: "Send a test" })).toHaveCount(0);
      await page.getByRole("button", { name: "Resume" }).click();
      await page.getByText("Delete this target").click();
      await expect(page.getByText("“Chat”, its secret and the list of what it was sent are deleted for good.")).toBeVisible();
      await page.getByRole("button", { name: "Delete for good" }).click();
      await expect(page.getByRole("heading", { name: "Nobody is told yet" })).toBeVisible();
      receiver.end();
    });
  });
}

test("what is wrong with a target is said at its field, and what was typed is kept", async ({ page }) => {
  await signIn(page);
  await addWebhook(page, "Inside", "https://10.0.0.1/hook");
  await expect(page.getByLabel("Address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Address")).toHaveAccessibleDescription(/not at a public address/);
  await expect(page.getByLabel("Name")).toHaveValue("Inside");
  await page.getByLabel("Address").fill("http://hooks.example.com/hook");
  await page.getByRole("button", { name: "Add the target" }).click();
  await expect(page.getByLabel("Address")).toHaveAccessibleDescription(/https:\/\/host\/path/);
  for (const box of await page.getByRole("group", { name: "Told of" }).getByRole("checkbox").all()) await box.uncheck();
  await page.getByLabel("Address").fill("https://hooks.example.com/hook");
  await page.getByRole("button", { name: "Add the target" }).click();
  await expect(page.getByRole("group", { name: "Told of" })).toContainText("Please fill this in.");
  await expect(page.getByText("For e-mail, set EVERGRANT_SMTP_URL")).toBeVisible();
});

test("a chain that breaks is told of, and the page looks right to everybody", async ({ page, world }) => {
  test.setTimeout(240_000);
  const receiver = await Receiver.start();
  await signIn(page);
  await addWebhook(page, "Chat", receiver.address);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  await world.sandbox.breakChain("anna@example.nl");
  await page.goto(DATABASE);
  await refreshNow(page, "exact");
  await expect(page.locator(".chip-broken").first()).toBeVisible();
  await expect.poll(() => receiver.got.map((got) => got.headers["evergrant-event"])).toEqual(["needs_repair"]);
  const told = JSON.parse(receiver.got[0]?.body ?? "{}") as { containers: { url: string }[] };
  expect(told.containers[0]?.url).toBe(`${world.url}${DATABASE}/exact`);
  await page.goto(PAGE);
  await alive(page);
  await expect(newest(page)).toContainText("Bakkerij Jansen · exact");
  await page.context().addCookies([{ name: "language", value: "nl", url: world.url }]);
  await page.goto(PAGE);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Meldingen");
  await page.context().addCookies([{ name: "language", value: "en", url: world.url }]);
  await checkPages(page, world.url, [{ name: "alerts", path: PAGE }]);
  receiver.end();
});

test("the page of nobody who is told looks right to everybody", async ({ page, world }) => {
  test.setTimeout(120_000);
  await signIn(page);
  await checkPages(page, world.url, [{ name: "alerts-none", path: PAGE }]);
});
