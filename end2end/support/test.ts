import { test as base, type BrowserContext } from "@playwright/test";
import { World, type Wish } from "./world.ts";

export { expect } from "@playwright/test";

/** What most journeys begin with. */
const USUAL: Wish = {
  operator: true,
  databases: [{ name: "Bakkerij Jansen", containers: [{ alias: "exact" }] }],
  minimumInterval: 0,
  accessLifetime: 600,
  settings: {},
};

type Options = { wish: Partial<Wish> };
type Fixtures = { world: World; complaints: (context: BrowserContext) => void };

/** A test with its own Evergrant, its own sandbox, and a browser whose console stays silent. */
export const test = base.extend<Options & Fixtures>({
  wish: [{}, { option: true }],

  world: async ({ wish }, use, info) => {
    const world = await World.start({ ...USUAL, ...wish });
    await use(world);
    if (info.status !== info.expectedStatus) {
      await info.attach("evergrant", { body: world.evergrant.said, contentType: "text/plain" });
    }
    await world.end();
  },

  baseURL: async ({ world }, use) => {
    await use(world.url);
  },

  // Listens to a context; every complaint of the browser about a page of ours fails the test.
  complaints: async ({ world }, use) => {
    const heard: { text: string; url: string }[] = [];
    const failedPages = new Set<string>();
    await use((context) => {
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) {
          heard.push({ text: message.text(), url: message.location().url });
        }
      });
      context.on("weberror", (failure) => {
        heard.push({ text: failure.error().message, url: failure.page()?.url() ?? "" });
      });
      context.on("response", (response) => {
        if (response.status() >= 400 && response.request().isNavigationRequest()) {
          failedPages.add(response.url());
        }
      });
    });
    // That a page came with an error status is for the test to judge.
    const unexpected = heard.filter(
      ({ text, url }) =>
        !url.startsWith(world.sandbox.url) &&
        !(text.startsWith("Failed to load resource") && failedPages.has(url)),
    );
    if (unexpected.length > 0) {
      throw new Error(`the browser complained:\n${unexpected.map(({ text, url }) => `${url}: ${text}`).join("\n")}`);
    }
  },

  context: async ({ context, complaints }, use) => {
    complaints(context);
    await use(context);
  },
});
