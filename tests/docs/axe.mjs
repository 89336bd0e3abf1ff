// Looks at pages with axe-core in Chromium, wide and narrow, light and dark.
//
//   node axe.mjs CHROMIUM PAGE.html …
//
// Prints one line of JSON for each fault: page, view, rule, what is wrong, where.
// The last line says how many views were looked at.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const VIEWS = [
  { view: "wide, light", width: 1280, colorScheme: "light" },
  { view: "wide, dark", width: 1280, colorScheme: "dark" },
  { view: "narrow, light", width: 360, colorScheme: "light" },
  { view: "narrow, dark", width: 360, colorScheme: "dark" },
];
const [executablePath, ...pages] = process.argv.slice(2);

function tell(fault) {
  console.log(JSON.stringify(fault));
}

async function look(page, path, view) {
  await page.goto(pathToFileURL(path).href);
  const sideways = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  if (sideways > 0) {
    tell({ path, view, rule: "no-sideways-scrolling", help: `${sideways} pixels too wide`, at: "" });
  }
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => axe.run());
  for (const { id, help, nodes } of violations) {
    tell({ path, view, rule: id, help, at: nodes[0].html, more: nodes.length - 1,
           why: nodes[0].failureSummary });
  }
}

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let looked = 0;
for (const { view, width, colorScheme } of VIEWS) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  // A page that asks for anything outside its folder is told, and gets nothing.
  await context.route(/^(?!file:)/, (route) => {
    tell({ path: route.request().frame().url(), view, rule: "no-network",
           help: "asks for something", at: route.request().url() });
    return route.abort();
  });
  const page = await context.newPage();
  page.on("pageerror", (error) =>
    tell({ path: page.url(), view, rule: "no-script-error", help: String(error), at: "" }));
  for (const path of pages) {
    await look(page, path, view);
    looked += 1;
  }
  await context.close();
}
await browser.close();
console.log(`${looked} views`);
