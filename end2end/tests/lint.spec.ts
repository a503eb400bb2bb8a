import { signIn } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const POLICY = `<OAuthV2 name="GenerateAccessToken">
    <Operation>GenerateAccessToken</Operation>
    <ExpiresIn>1800000</ExpiresIn> <!-- 30 minutes -->
    <SupportedGrantTypes>
      <GrantType>authorization_code</GrantType>
    </SupportedGrantTypes>
</OAuthV2>
`;
const CORRECTION = "<RefreshTokenExpiresIn>86400000</RefreshTokenExpiresIn>";

test("a policy file is checked, and clean once the correction is put in", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  await page.goto("/policies/lint");
  await page.getByLabel("A file").setInputFiles({
    name: "issue.xml",
    mimeType: "text/xml",
    buffer: Buffer.from(POLICY),
  });
  await page.getByRole("button", { name: "Check", exact: true }).click();
  const finding = page.locator(".finding");
  await expect(finding).toContainText("refresh tokens live for ever");
  await expect(finding).toContainText("Recommended: 24 hours");
  await expect(finding.locator("pre")).toHaveText(CORRECTION);
  await finding.getByRole("button", { name: "Copy the correction" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(CORRECTION);

  const corrected = POLICY.replace("    <SupportedGrantTypes>", `    ${CORRECTION}\n    <SupportedGrantTypes>`);
  await page.getByLabel("Or paste it").fill(corrected);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Nothing is missing or unsafe." })).toBeVisible();
  await expect(page.getByLabel("Or paste it")).toHaveValue(corrected);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a pasted policy is checked as well", async ({ page }) => {
    await signIn(page);
    await page.goto("/policies/lint");
    await page.getByLabel("Or paste it").fill(POLICY);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await expect(page.locator(".finding pre")).toHaveText(CORRECTION);
    await expect(page.getByLabel("Or paste it")).toHaveValue(POLICY);
  });
});
