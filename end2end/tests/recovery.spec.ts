import type { Page } from "@playwright/test";
import { checkPages, type Visit } from "../support/looks.ts";
import { BLANK, QR_CODE } from "../support/pictures.ts";
import { ANNAS_SECRET } from "../support/sandbox.ts";
import {
  alive,
  badge,
  chip,
  connect,
  fillCredentials,
  open,
  openRecovery,
  refreshNow,
  row,
  shield,
  signIn,
} from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";
const RECOVERY = `${DATABASE}/exact/recovery`;

const ANNA = { name: "anna@example.nl", password: "anna-sandbox", secret: ANNAS_SECRET };
const CARLA = { name: "carla@example.nl", password: "carla-sandbox" };

/** Whatever else somebody types, in the same letters every time. */
const SECRETS = [ANNA.password, ANNAS_SECRET, CARLA.password];

async function holdsNoSecret(page: Page): Promise<void> {
  const content = await page.content();
  for (const secret of SECRETS) expect(content).not.toContain(secret);
  expect(page.url()).not.toContain("secret");
}

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test("what was never authorized is to be connected first", async ({ page }) => {
  await open(page, DATABASE);
  await expect(shield(page, "exact")).toHaveAccessibleName("Auto-recovery for exact: off, no sign-in is stored");
  const dialog = await openRecovery(page, "exact");
  await expect(dialog).toContainText("Connect it once first");
  await expect(dialog.getByRole("link", { name: "Renew" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Save" })).toHaveCount(0);
});

test("a sign-in is stored in the dialog, and the shield shows its days", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", ANNA.name);
  await open(page, DATABASE);
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  const dialog = await openRecovery(page, "exact");
  await fillCredentials(dialog, ANNA);
  // The code is the one of the provider's own user.
  await expect(async () => {
    const { one_time_code: code } = await world.sandbox.person(ANNA.name);
    expect((await dialog.locator(".code-now").innerText()).replace(" ", "")).toBe(code);
  }).toPass({ timeout: 15_000 });
  await expect(dialog.locator(".code-line")).toContainText(/\d+ s left/);
  await expect(dialog.locator(".strength")).toHaveAttribute("data-score", /[0-4]/);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.locator(".notice")).toContainText("Stored. A broken chain heals itself until");
  await expect(dialog.getByRole("heading", { name: /^Stored until \d{4}-\d\d-\d\d 30 days$/ })).toBeVisible();
  await expect(dialog.getByLabel("Password", { exact: true })).toHaveValue("");
  await holdsNoSecret(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(shield(page, "exact")).toBeFocused();
  await expect(shield(page, "exact")).toHaveAccessibleName("Auto-recovery for exact: on, 30 days left");
  await expect(shield(page, "exact")).toHaveText("30 d");
  expect(await page.evaluate(() => "neverReloaded" in window)).toBe(true);
  expect(world.evergrant.said).not.toContain(ANNAS_SECRET);
});

test("with the keyboard alone a sign-in is stored and deleted", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, DATABASE);
  await shield(page, "exact").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  const focused = async (name: string): Promise<void> => {
    for (let stops = 0; stops < 40; stops += 1) {
      const found = await page.evaluate((wanted) => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
        return (label?.textContent ?? "").trim() === wanted;
      }, name);
      // Everything behind the dialog is out of reach.
      const inside = await page.evaluate(() => {
        const element = document.activeElement;
        return element === document.body || element?.closest("dialog") !== null;
      });
      expect(inside).toBe(true);
      if (found) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`no stop is called ${name}`);
  };
  await focused("User name");
  await page.keyboard.type(CARLA.name);
  await focused("Password");
  await page.keyboard.type(CARLA.password);
  await focused("Keep for (days)");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("7");
  await focused("Evergrant may sign in with this by itself");
  await page.keyboard.press("Space");
  await focused("Save");
  await page.keyboard.press("Enter");
  await expect(dialog.locator(".notice")).toContainText("Stored.");
  await expect(dialog.locator(".notice")).toBeFocused();
  await focused("Delete now");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("The stored sign-in and its key are destroyed at once.");
  await focused("Delete the sign-in");
  await page.keyboard.press("Enter");
  await expect(dialog.locator(".notice")).toContainText("The stored sign-in and its key are destroyed.");
  await page.keyboard.press("Escape");
  await expect(shield(page, "exact")).toBeFocused();
  await expect(shield(page, "exact")).toHaveAccessibleName(/off, no sign-in is stored$/);
});

test("the days are typed or slid, and amber says that they end soon", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, RECOVERY);
  const slider = page.getByRole("slider", { name: "Days, as a slider" });
  await slider.fill("7");
  await expect(page.getByLabel("Keep for (days)")).toHaveValue("7");
  await page.getByLabel("Keep for (days)").fill("5");
  await expect(slider).toHaveValue("5");
  await fillCredentials(page, CARLA);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: /^Stored until .* 5 days$/ })).toBeVisible();
  await open(page, DATABASE);
  await expect(shield(page, "exact")).toHaveClass(/shield-soon/);
  await expect(shield(page, "exact")).toHaveAccessibleName(/ends soon, 5 days left$/);
});

test("what is wrong is said at its field, and nothing that was typed is lost", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", ANNA.name);
  await open(page, DATABASE);
  const dialog = await openRecovery(page, "exact");
  await fillCredentials(dialog, { ...ANNA, secret: "this is no base32!" });
  const secret = dialog.getByLabel("Authenticator secret");
  // Said while it is typed, and again when it is sent.
  await expect(dialog.locator(".code-preview .error")).toContainText("This is no authenticator secret");
  const wrong = [
    ["this is no base32!", /This is no authenticator secret/],
    ["JBSWY3DP", /too short/],
    ["otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1", /HOTP/],
    ["otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8", /8 digits/],
  ] as const;
  for (const [text, said] of wrong) {
    await secret.fill(text);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(secret).toHaveAccessibleDescription(said);
    await expect(secret).toHaveAttribute("aria-invalid", "true");
    await expect(secret).toBeFocused();
    await expect(dialog.getByLabel("User name")).toHaveValue(ANNA.name);
    await expect(dialog.getByLabel("Password", { exact: true })).toHaveValue(ANNA.password);
    await expect(dialog.getByLabel("Evergrant may sign in with this by itself")).toBeChecked();
  }
  await secret.fill("");

  const picture = dialog.getByLabel("Or a picture of its QR code");
  await picture.setInputFiles(BLANK);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(picture).toHaveAccessibleDescription(/QR code/);
  await expect(picture).toHaveAttribute("aria-invalid", "true");
  await picture.setInputFiles({ ...BLANK, buffer: Buffer.alloc(6 * 1024 * 1024) });
  await dialog.getByRole("button", { name: "Save" }).click();
  // The hint below the field names the limit too; what was sent has to come back before the next picture.
  await expect(picture).toHaveAccessibleDescription(/The picture is too large/);
  await picture.setInputFiles(QR_CODE);
  await expect(async () => {
    const { one_time_code: code } = await world.sandbox.person(ANNA.name);
    expect((await dialog.locator(".code-now").innerText()).replace(" ", "")).toBe(code);
  }).toPass({ timeout: 15_000 });

  const days = dialog.getByLabel("Keep for (days)");
  await days.evaluate((field: HTMLInputElement) => field.removeAttribute("max"));
  await days.fill("400");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(days).toHaveAccessibleDescription(/from 1 to 90/);
  await days.fill("30");
  const consent = dialog.getByLabel("Evergrant may sign in with this by itself");
  await consent.uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(consent).toHaveAccessibleDescription(/Please agree/);

  await expect(dialog.getByRole("heading", { name: /^Stored until/ })).toHaveCount(0);
  await consent.check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("heading", { name: /^Stored until/ })).toBeVisible();
  await expect(dialog.getByText("secret stored")).toBeVisible();
});

test("a test says how far it came, and leaves the chain alone", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, DATABASE);
  const before = await world.sandbox.counts();
  const dialog = await openRecovery(page, "exact");
  await fillCredentials(dialog, CARLA);
  await dialog.getByRole("button", { name: "Test these credentials" }).click();
  await expect(dialog.locator(".notice")).toContainText("The sign-in works");
  await expect(dialog.locator(".trace li").last()).toContainText("code in hand");
  await expect(dialog.locator(".trace")).not.toContainText(CARLA.name);
  // What was tried can be stored without typing it again.
  await expect(dialog.getByLabel("Password", { exact: true })).toHaveValue(CARLA.password);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.locator(".notice")).toContainText("Stored.");
  expect(await world.sandbox.counts()).toMatchObject({
    token_calls: before.token_calls,
    code_exchanges: before.code_exchanges,
  });

  await dialog.getByLabel("Password", { exact: true }).fill("not the right one");
  await dialog.getByRole("button", { name: "Test these credentials" }).click();
  await expect(dialog.locator(".notice")).toContainText("The test failed: User name or password is wrong.");
  await expect(dialog.locator(".run").first()).toContainText("It came to step 2 of 5.");
  await expect(dialog.locator(".run").first()).toContainText("evg201");
  await page.keyboard.press("Escape");
  await expect(chip(page, "exact")).toHaveText("Live");
  await expect(badge(page)).toBeHidden();
});

test("a broken chain heals by itself, and nobody is asked", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, RECOVERY);
  await fillCredentials(page, CARLA);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".notice")).toContainText("Stored.");
  await open(page, DATABASE);
  // Every state and every count that the page ever shows.
  await page.evaluate(() => {
    const shown: string[] = [];
    const look = (): void => {
      shown.push(document.querySelector(".chip")?.textContent ?? "");
      if (document.querySelector<HTMLElement>("header .badge")?.hidden === false) shown.push("badge");
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, { shown });
  });
  await world.sandbox.arrangeSignIn("slow", CARLA.name, { milliseconds: 1500 });
  await world.sandbox.breakChain(CARLA.name);
  await page.getByLabel("More for exact").click();
  await row(page, "exact").getByRole("button", { name: "Refresh now" }).evaluate((button: HTMLButtonElement) => {
    // The page stays, so that it sees everything.
    const form = button.form as HTMLFormElement;
    void fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form) as never) });
  });
  await expect(chip(page, "exact")).toHaveText(/^Recovering/);
  await expect(chip(page, "exact")).toHaveText("Live");
  const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  expect(shown.some((text) => /^Recovering, step \d of 5$/.test(text)), shown.join(" | ")).toBe(true);
  expect(shown).not.toContain("badge");
  expect(shown).not.toContain("Needs repair");

  const dialog = await openRecovery(page, "exact");
  await expect(dialog.locator(".facts")).toContainText(/Used\s*once/);
  await expect(dialog.locator(".facts")).toContainText(/Last recovery\s*\d/);
  await expect(dialog.locator(".run").first()).toContainText("The chain was rebuilt");
  await page.keyboard.press("Escape");
  await open(page, `${DATABASE}/exact`);
  await expect(page.getByRole("heading", { name: "Runs" })).toBeVisible();
  await expect(page.locator(".trace li").first()).toContainText("Opening");
  await expect(page.locator(".link-present")).toContainText("Recovered");
});

test("a refused password blocks, and says what to do", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, RECOVERY);
  await fillCredentials(page, { ...CARLA, password: "not the right one" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".notice")).toContainText("Stored.");
  await world.sandbox.breakChain(CARLA.name);
  await open(page, DATABASE);
  await refreshNow(page, "exact");
  await alive(page);
  await expect(chip(page, "exact")).toHaveText("Needs repair");
  await expect(shield(page, "exact")).toHaveAccessibleName(/blocked: User name or password is wrong$/);
  const dialog = await openRecovery(page, "exact");
  await expect(dialog.getByRole("alert")).toContainText("Auto-recovery is blocked until you replace the sign-in");
  await fillCredentials(dialog, CARLA);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.keyboard.press("Escape");
  // The right one is tried at once.
  await expect(chip(page, "exact")).toHaveText("Live");
  await expect(badge(page)).toBeHidden();
});

test("the organisation switches auto-recovery off and on, and sets its bounds", async ({ page, world }) => {
  await connect(page, world, DATABASE, "exact", CARLA.name);
  await open(page, RECOVERY);
  await fillCredentials(page, CARLA);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".notice")).toContainText("Stored.");
  await page.goto("/settings");
  await page.getByRole("link", { name: "Auto-recovery" }).click();
  await page.getByText("Switch off", { exact: true }).click();
  await expect(page.getByText("From now on no run begins in this organisation.")).toBeVisible();
  await page.getByRole("button", { name: "Switch off for everybody" }).click();
  await expect(page.locator(".notice")).toContainText("Auto-recovery is off.");
  await open(page, DATABASE);
  await expect(shield(page, "exact")).toHaveAccessibleName(/switched off for the organisation/);
  const dialog = await openRecovery(page, "exact");
  await expect(dialog).toContainText("Auto-recovery is switched off for the whole organisation");

  await page.goto("/settings/recovery");
  await page.getByLabel("At least (days)").fill("40");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Usually (days)")).toHaveAccessibleDescription(/from 40 to 90/);
  await expect(page.getByLabel("At least (days)")).toHaveValue("40");
  await page.getByLabel("At least (days)").fill("2");
  await page.getByLabel("Usually (days)").fill("10");
  await page.getByLabel("At most (days)").fill("14");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".notice")).toContainText("Saved.");
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.locator(".notice")).toContainText("Auto-recovery is on.");
  await open(page, RECOVERY);
  // What was stored for longer ends earlier now.
  await expect(page.getByRole("heading", { name: /^Stored until .* 14 days$/ })).toBeVisible();
  await expect(page.getByLabel("Keep for (days)")).toHaveValue("10");
});

test.describe("its pages", () => {
  test.use({
    wish: { databases: [{ name: "Bakkerij Jansen", containers: [{ alias: "exact" }, { alias: "other" }] }] },
  });

  test("look right to everybody", async ({ page, world }) => {
    test.setTimeout(300_000);
    await connect(page, world, DATABASE, "exact", CARLA.name);
    const filling: Visit = {
      name: "recovery-new",
      path: RECOVERY,
      prepare: async (page) => {
        await page.getByLabel("Password", { exact: true }).fill("Utrecht2019");
        await page.getByLabel("Authenticator secret").fill(ANNAS_SECRET);
        await expect(page.locator(".code-line")).toBeVisible();
        await expect(page.locator(".strength-bars")).toBeVisible();
      },
    };
    await checkPages(page, world.url, [{ name: "recovery-not-connected", path: `${DATABASE}/other/recovery` }, filling]);
    await page.goto(RECOVERY);
    await fillCredentials(page, { ...CARLA, password: "not the right one" });
    await page.getByRole("button", { name: "Test these credentials" }).click();
    await expect(page.locator(".notice")).toContainText("The test failed");
    await fillCredentials(page, { ...CARLA, password: "not the right one" });
    await page.getByLabel("Keep for (days)").fill("6");
    await page.getByRole("button", { name: "Save" }).click();
    await world.sandbox.breakChain(CARLA.name);
    await page.goto(DATABASE);
    await refreshNow(page, "exact");
    await expect(page.locator(".shield-blocked")).toBeVisible();
    await checkPages(page, world.url, [
      { name: "recovery-blocked", path: RECOVERY },
      {
        name: "recovery-dialog",
        path: DATABASE,
        prepare: async (page) => {
          await openRecovery(page, "exact");
        },
      },
      { name: "recovery-settings", path: "/settings/recovery" },
      { name: "recovery-container", path: `${DATABASE}/exact` },
    ]);
    await page.goto(RECOVERY);
    await fillCredentials(page, CARLA);
    await page.getByRole("button", { name: "Save" }).click();
    await page.goto(DATABASE);
    await expect(chip(page, "exact")).toHaveText("Live");
    await page.goto("/settings/recovery");
    await page.getByText("Switch off", { exact: true }).click();
    await page.getByRole("button", { name: "Switch off for everybody" }).click();
    await checkPages(page, world.url, [
      { name: "recovery-healed", path: RECOVERY },
      { name: "recovery-settings-off", path: "/settings/recovery" },
    ]);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a sign-in is stored, tried and deleted on a page of its own", async ({ page, world }) => {
    await connect(page, world, DATABASE, "exact", CARLA.name);
    await shield(page, "exact").click();
    await expect(page).toHaveURL(RECOVERY);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Auto-recovery for exact");
    await expect(page.getByRole("slider")).toHaveCount(0);
    await fillCredentials(page, { ...CARLA, secret: "not base32!" });
    await page.getByLabel("Keep for (days)").fill("12");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(RECOVERY);
    await expect(page.getByLabel("Authenticator secret")).toHaveAccessibleDescription(/This is no authenticator secret/);
    // All but the secrets is still there.
    await expect(page.getByLabel("User name")).toHaveValue(CARLA.name);
    await expect(page.getByLabel("Keep for (days)")).toHaveValue("12");
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await holdsNoSecret(page);
    await fillCredentials(page, CARLA);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { name: /^Stored until .* 12 days$/ })).toBeVisible();
    await page.getByRole("button", { name: "Test these credentials" }).click();
    await expect(page.locator(".notice")).toContainText("The sign-in works");
    await page.getByText("Delete now").click();
    await page.getByRole("button", { name: "Delete the sign-in" }).click();
    await expect(page.locator(".notice")).toContainText("The stored sign-in and its key are destroyed.");
    await expect(page.getByRole("heading", { name: /^Stored until/ })).toHaveCount(0);
  });
});
