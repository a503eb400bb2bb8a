import { alive, connect, open, refreshNow, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";
const ANNA = "anna@example.nl";

test("messages appear while somebody looks, are filtered by the address, and can be taken along", async ({ page, context, world }) => {
  await signIn(page);
  await connect(page, world, DATABASE, "exact", ANNA);
  await open(page, "/monitoring");
  const messages = page.getByRole("region", { name: "Messages" });
  await expect(messages.getByRole("row").filter({ hasText: "Authorized" }).first()).toContainText("Bakkerij Jansen · exact");
  await expect(page.getByRole("region", { name: "Next planned steps" })).toContainText("Keep the link alive");

  await test.step("the tail follows what happens elsewhere", async () => {
    await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
    const other = await context.newPage();
    await other.goto(DATABASE);
    await refreshNow(other, "exact");
    await expect(messages.getByRole("row").filter({ hasText: "Access token renewed" })).toBeVisible();
    await world.sandbox.breakChain(ANNA);
    await open(other, DATABASE);
    await refreshNow(other, "exact");
    await expect(messages.getByRole("row").filter({ hasText: "itgenoda494" })).toContainText("Needs repair");
    expect(await page.evaluate(() => "neverReloaded" in window)).toBe(true);
    await other.close();
  });

  await test.step("switched off, it stands still", async () => {
    await messages.getByLabel("Follow live").uncheck();
    const before = await messages.getByRole("row").count();
    const other = await context.newPage();
    await open(other, DATABASE);
    await refreshNow(other, "exact");
    await other.getByRole("link", { name: "Renew the authorization of exact" }).click();
    await expect(other).toHaveURL((url) => url.pathname === DATABASE && url.searchParams.get("evergrant") === "renewed");
    await expect(page.getByRole("banner").getByRole("link", { name: /need(s)? repair$/ })).toBeHidden();
    expect(await messages.getByRole("row").count()).toBe(before);
    await other.close();
  });

  await test.step("how trouble ended is told, and the filter is in the address", async () => {
    await open(page, "/monitoring");
    await page.getByLabel("Code").selectOption("itgenoda494");
    await page.getByLabel("Database (short name)").fill("bakkerij-jansen");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL((url) => url.searchParams.get("code") === "itgenoda494" && url.searchParams.get("database") === "bakkerij-jansen");
    const row = messages.getByRole("row").filter({ hasText: "itgenoda494" });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText("Authorized");
    await page.goto("/monitoring?database=nowhere");
    await expect(page.getByRole("heading", { name: "No message matches" })).toBeVisible();
  });

  await test.step("it is taken along as CSV and as JSON", async () => {
    await open(page, "/monitoring?code=itgenoda494");
    const saved = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV" }).click();
    expect((await saved).suggestedFilename()).toBe("evergrant-messages.csv");
    const csv = await (await page.request.get("/monitoring/messages.csv?code=itgenoda494")).text();
    const lines = csv.trim().split("\n");
    expect(lines[0]).toBe("at,action,code,text,containers,actor,from_address,generation,detail");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(",itgenoda494,The refresh token was used before,bakkerij-jansen/exact,");
    const json: unknown = await (await page.request.get("/monitoring/messages.json")).json();
    expect(json).toEqual(expect.arrayContaining([expect.objectContaining({ action: "linked", containers: "bakkerij-jansen/exact" })]));
    const stranger = await fetch(`${world.url}/monitoring/messages.csv`);
    expect(stranger.status).toBe(401);
  });

  await test.step("charts say the same in numbers", async () => {
    await open(page, "/monitoring");
    const states = page.getByRole("table", { name: "Chains by state" });
    await expect(states.getByRole("row", { name: /Live/ })).toContainText("1");
    const breaks = page.getByRole("figure", { name: "Breaks per 1,000 authorizations, by cause" });
    await expect(async () => {
      await page.reload();
      await alive(page);
      await breaks.getByText("The numbers").click();
      await expect(breaks.getByRole("table")).toContainText("The refresh token was used before", { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await expect(breaks.locator("svg rect")).not.toHaveCount(0);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("messages are filtered all the same", async ({ page, world }) => {
    await signIn(page);
    await connect(page, world, DATABASE, "exact", ANNA);
    await page.goto("/monitoring");
    await expect(page.getByLabel("Follow live")).toBeHidden();
    await page.getByLabel("What").selectOption("linked");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL((url) => url.pathname === "/monitoring" && url.searchParams.get("action") === "linked");
    await expect(page.getByRole("region", { name: "Messages" }).getByRole("row").filter({ hasText: "Authorized" })).not.toHaveCount(0);
    await page.getByRole("link", { name: "Show all" }).click();
    await expect(page.getByRole("region", { name: "Messages" }).getByRole("row").filter({ hasText: "New token tried" })).not.toHaveCount(0);
  });
});
