import { APP } from "../support/sandbox.ts";
import { connect, open, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { OPERATOR } from "../support/world.ts";

const DATABASE = "/databases/bakkerij-jansen";

test("a form on another site changes nothing", async ({ page, world }) => {
  await signIn(page);
  await page.goto(`${world.sandbox.url}/docs/Login.aspx`);
  await page.setContent(
    `<form method="post" action="${world.url}/do/create-database"><input name="name" value="Planted"><button>Go</button></form>`,
  );
  const answered = page.waitForResponse((response) => response.url().endsWith("/do/create-database"));
  await page.getByRole("button", { name: "Go" }).click();
  expect((await answered).status()).toBe(403);
  await page.goto("/databases");
  await expect(page.getByRole("row", { name: /Bakkerij Jansen/ })).toBeVisible();
  await expect(page.getByText("Planted")).toHaveCount(0);
});

test("a script that somebody smuggles into a name does not run", async ({ page }) => {
  await signIn(page);
  await page.goto("/databases/new");
  await page.getByLabel("Name").fill('<img src=x onerror="document.title=1"><script>document.title=2</script>');
  await page.getByRole("button", { name: "Create the database" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("<img src=x onerror=");
  await open(page, "/databases");
  await expect(page.getByRole("rowheader", { name: /<script>/ })).toBeVisible();
  await expect(page).toHaveTitle("Databases · Evergrant");
});

test("every page has a policy with a nonce of its own", async ({ page }) => {
  await signIn(page);
  const nonces = new Set<string>();
  for (const path of ["/databases", DATABASE, "/repairs", "/settings", "/databases/nothing", "/oauth/callback/nobody"]) {
    const answer = await page.goto(path);
    const headers = answer?.headers() ?? {};
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain("unsafe-inline");
    expect(headers["cache-control"], path).toContain("no-store");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    nonces.add(/'nonce-([^']{16,})'/.exec(policy)?.[1] ?? "");
  }
  expect(nonces.size).toBe(6);
  expect(nonces).not.toContain("");
});

test("what a page loads is kept by the browser for ever", async ({ page }) => {
  const files = new Map<string, string>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/pkg/")) files.set(pathname, response.headers()["cache-control"] ?? "");
  });
  await signIn(page);
  await open(page, "/databases");
  expect([...files.keys()].map((file) => file.split(".").pop()).sort()).toEqual(["css", "js", "wasm"]);
  for (const [file, kept] of files) expect(kept, file).toContain("immutable");
});

test("no secret stands in any address that the browser asks Evergrant for", async ({ page, world }) => {
  const asked: URL[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(world.url)) asked.push(new URL(request.url()));
  });
  await signIn(page);
  await connect(page, world, DATABASE, "exact", "anna@example.nl");
  const withCode = asked.filter((url) => url.searchParams.has("code"));
  expect(withCode.map((url) => url.pathname)).toEqual(["/oauth/callback/exact-online"]);
  const all = asked.map((url) => decodeURIComponent(url.href)).join("\n");
  for (const secret of [OPERATOR.password, APP.secret]) expect(all).not.toContain(secret);
  // Going back does not use the code again.
  await page.goBack();
  await page.goto(DATABASE);
  expect((await world.sandbox.counts()).code_exchanges).toBe(1);
});
