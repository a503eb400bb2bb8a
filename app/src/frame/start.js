(async () => {
  const wasm = fetch(WASM);
  const page = await import(SCRIPT);
  await page.default({ module_or_path: wasm });
  page.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) page[island.dataset.component]?.(island);
  document.documentElement.dataset.ready = "";
})();
