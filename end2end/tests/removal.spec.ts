import { notice, row, signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const DATABASE = "/databases/bakkerij-jansen";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a data container and then its database are deleted, each once one has said so", async ({ page }) => {
      await signIn(page);
      await page.goto(DATABASE);
      await page.getByLabel("More for exact").click();
      await row(page, "exact").getByText("Delete", { exact: true }).click();
      await expect(row(page, "exact").getByText("is deleted for good")).toBeVisible();
      await row(page, "exact").getByRole("button", { name: "Delete for good" }).click();
      await expect(notice(page)).toContainText("The data container is deleted.");
      await expect(page.getByRole("heading", { name: "No data containers yet" })).toBeVisible();

      await page.getByLabel("Rename or delete the database").click();
      await page.getByText("Delete the database").click();
      await page.getByRole("button", { name: "Delete for good" }).click();
      await expect(page).toHaveURL("/databases");
      await expect(notice(page).filter({ hasText: "The database is deleted." })).toBeVisible();
      const answer = await page.goto(DATABASE);
      expect(answer?.status()).toBe(404);
    });
  });
}
