import { open, row, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";

test.beforeEach(async ({ page }) => {
  await signIn(page);
});

test("the first stop is a link that skips to the content", async ({ page }) => {
  await open(page, "/databases");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "New database" })).toBeFocused();
});

test("a menu opens, closes with Escape, and gives the focus back", async ({ page }) => {
  await open(page, DATABASE);
  const more = row(page, "exact").getByLabel("More for exact");
  await more.focus();
  await page.keyboard.press("Enter");
  const first = row(page, "exact").getByRole("button", { name: "Refresh now" });
  await expect(first).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(first).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(first).toBeHidden();
  await expect(more).toBeFocused();

  await page.keyboard.press("Space");
  await expect(first).toBeVisible();
  await page.getByRole("banner").getByLabel("Theme").click();
  await expect(first, "only one menu is open at a time").toBeHidden();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(page.getByRole("button", { name: "Dark" })).toBeHidden();
});

test("every stop on the way through a page is seen", async ({ page }) => {
  for (const path of ["/databases", DATABASE, "/settings/registrations/new"]) {
    await open(page, path);
    const stops = new Set<string>();
    for (let count = 0; count < 60; count += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
        const ring = [element, element.parentElement].filter((one) => one !== null).some((one) => {
          const style = getComputedStyle(one);
          return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
        });
        const box = element.getBoundingClientRect();
        return { name: `${element.tagName} ${element.id} ${name}`, ring, seen: box.width > 0 && box.height > 0 };
      });
      if (stop === null) break;
      expect(stop, `${path}: ${stop.name}`).toMatchObject({ ring: true, seen: true });
      stops.add(stop.name);
    }
    expect(stops.size, path).toBeGreaterThan(8);
  }
});

test("a form is filled and sent with the keyboard alone", async ({ page }) => {
  await open(page, "/databases/new");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("De Vries");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/databases/de-vries");
});
