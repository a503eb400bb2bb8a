import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { alive } from "./steps.ts";

/** A page to look at. */
export type Visit = {
  name: string;
  path: string;
  /** The status that it comes with; 200 unless said otherwise. */
  status?: number;
  /** Whether it has no islands. */
  plain?: boolean;
  /** What is done before looking. */
  prepare?: (page: Page) => Promise<void>;
};

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 375];
/** The narrowest screen on which a page needs no scrolling sideways (WCAG 1.4.10). */
const NARROWEST = 320;

/** Where screenshots go, if anybody wants to look at them. */
const SCREENSHOTS = process.env["SCREENSHOTS"];

/** Looks at pages in both themes, wide and narrow: axe, overflow, headings; with `SCREENSHOTS=folder` it leaves pictures. */
export async function checkPages(page: Page, origin: string, visits: Visit[]): Promise<void> {
  const { hostname } = new URL(origin);
  for (const visit of visits) {
    await test.step(visit.name, async () => {
      for (const theme of THEMES) {
        await page.context().addCookies([{ name: "theme", value: theme, domain: hostname, path: "/" }]);
        await show(page, visit);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await check(page, `${visit.name} ${theme} ${width}`);
          if (SCREENSHOTS !== undefined) {
            await page.screenshot({ path: `${SCREENSHOTS}/${visit.name}-${theme}-${width}.png`, fullPage: true });
          }
        }
      }
      await page.setViewportSize({ width: NARROWEST, height: 900 });
      await fits(page, `${visit.name} ${NARROWEST}`);
      await page.setViewportSize({ width: 1280, height: 900 });
    });
  }
}

async function show(page: Page, visit: Visit): Promise<void> {
  const answer = await page.goto(visit.path);
  expect(answer?.status(), visit.name).toBe(visit.status ?? 200);
  if (visit.plain !== true) await alive(page);
  await visit.prepare?.(page);
}

async function check(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.help}): ${node.html} ${node.failureSummary ?? ""}`),
  );
  expect.soft(found, `${name}: axe`).toEqual([]);
  await fits(page, name);
  await expect.soft(page.getByRole("heading", { level: 1 }), `${name}: one first heading`).toHaveCount(1);
  expect.soft(await page.title(), `${name}: title`).toMatch(/^.+ · Evergrant$/);
}

/** Whether the page needs no scrolling sideways; names what sticks out. */
async function fits(page: Page, name: string): Promise<void> {
  const stickingOut = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 120));
  });
  expect.soft(stickingOut, `${name}: sticks out`).toEqual([]);
}
