import { checkPages, type Visit } from "../support/looks.ts";
import { notice, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import type { Locator, Page } from "@playwright/test";

test.use({ wish: { databases: [{ name: "Bakkerij Jansen", containers: [] }] } });

/** What holds for a kind. */
function kind(page: Page, name: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
}

/** Opens the form of a kind and fills it. */
async function enter(page: Page, name: string, number: string, unit: string): Promise<void> {
  await page.goto("/policies");
  await page.getByRole("link", { name: `Change the policy of ${name}` }).click();
  await page.getByLabel("Lifetime", { exact: true }).fill(number);
  await page.getByLabel("Lifetime: unit").selectOption(unit);
  await page.getByRole("button", { name: "Show whom it reaches" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a policy shows whom it reaches before it is saved, and then reaches them", async ({ page }) => {
      await signIn(page);
      await page.getByRole("link", { name: "Policies", exact: true }).click();
      const sessions = kind(page, "Sessions of operators");
      await expect(sessions).toContainText("7 days");
      await expect(sessions.getByText("Left to the default")).toBeVisible();

      await enter(page, "Sessions of operators", "6", "hours");
      const preview = page.getByRole("region", { name: "Before you save" });
      await expect(preview).toContainText("From 7 days to 6 hours.");
      await expect(preview).toContainText(/[1-9]\d* of [1-9]\d* end earlier than they were to\./);
      await expect(preview.getByText("The last ends").locator("..")).toContainText(/in 5 h/);
      await preview.getByRole("button", { name: "Save: 6 hours" }).click();

      await expect(notice(page).filter({ hasText: "Sessions of operators: the policy is saved" })).toBeVisible();
      await expect(sessions).toContainText("6 hours");
      await expect(sessions.getByText("Left to the default")).toHaveCount(0);
      await page.goto("/monitoring?action=policy_changed");
      const told = page.getByRole("row").filter({ hasText: "Policy changed" });
      await expect(told).toHaveCount(1);
      await expect(told).toContainText("session: 6 hours");
    });

    test("policies that contradict each other are refused with the reason", async ({ page }) => {
      await signIn(page);
      await enter(page, "Refresh tokens", "20", "minutes");
      await expect(page.locator(".error")).toContainText("would end before access tokens of 30 minutes");
      await expect(page.getByRole("button", { name: "Save" })).toHaveCount(0);
      await page.goto("/policies/refresh_token?lifetime=-1&lifetime_unit=days&least=2&least_unit=minutes&most=90&most_unit=days");
      await expect(page.locator(".error")).toContainText("InvalidValueForRefreshTokenExpiresIn");
      await page.goto("/policies");
      await expect(kind(page, "Refresh tokens")).toContainText("Left to the default");
    });

    test("what is unwise is said where the policy is", async ({ page }) => {
      await signIn(page);
      await enter(page, "Refresh tokens", "49", "hours");
      const preview = page.getByRole("region", { name: "Before you save" });
      await expect(preview.getByText("Longer than wise")).toBeVisible();
      await preview.getByRole("button", { name: "Save" }).click();
      await expect(kind(page, "Refresh tokens").getByText("Longer than wise")).toBeVisible();
    });

    test("what is left to the defaults is said, and can be kept with one button", async ({ page }) => {
      await signIn(page);
      await page.goto("/policies");
      await expect(page.getByText("8 of 8 lifetimes are left to the default")).toBeVisible();
      await page.getByRole("button", { name: "Keep them all as they are" }).click();
      await expect(notice(page).filter({ hasText: "8 lifetimes are kept as they are" })).toBeVisible();
      await expect(page.getByText("left to the default")).toHaveCount(0);
      await expect(kind(page, "Upstream links")).toContainText("30 days");
    });

    test("the purge says what it would take", async ({ page }) => {
      await signIn(page);
      await page.goto("/policies");
      await page.getByRole("link", { name: "Show what would go now" }).click();
      await expect(page.getByRole("heading", { name: "What would go now" })).toBeVisible();
      await expect(page.getByRole("heading", { name: "Size of the store" })).toBeVisible();
    });
  });
}

/** The pages of the policies. */
const PAGES: Visit[] = [
  { name: "policies", path: "/policies?purge=dry-run" },
  {
    name: "policies-numbers",
    path: "/policies",
    prepare: async (page) => {
      for (const numbers of await page.locator(".numbers > summary").all()) await numbers.click();
    },
  },
  { name: "policy", path: "/policies/journal" },
  {
    name: "policy-preview",
    path: "/policies/session?lifetime=6&lifetime_unit=hours&least=15&least_unit=minutes&most=30&most_unit=days",
  },
  {
    name: "policy-refused",
    path: "/policies/session?lifetime=0&lifetime_unit=hours&least=15&least_unit=minutes&most=30&most_unit=days",
  },
  { name: "policy-of-nothing", path: "/policies/cookie", status: 404 },
];

test("the pages look right to everybody", async ({ page, world }) => {
  test.setTimeout(240_000);
  await signIn(page);
  await checkPages(page, world.url, PAGES);
});
