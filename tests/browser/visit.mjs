// Open a page in Chromium as a reader would and say what was seen, as JSON on stdout.
// node visit.mjs CHROMIUM PAGE FOLDER
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, page_, folder] = process.argv.slice(2);
const url = new URL(`file://${page_}`).href;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const seen = { console: [], requests: [], axe: {}, scroll: {} };

async function open(options) {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.console.push(`error: ${error}`));
  page.on("request", (request) => { if (request.url() !== url) seen.requests.push(request.url()); });
  await page.goto(url);
  return page;
}

const column = (page, table, i) =>
  page.locator(table).first().locator("tbody tr:visible").evaluateAll((rows, i) => rows.map((row) => row.cells[i].textContent), i);

async function faults(page) {
  const source = createRequire(import.meta.url).resolve("axe-core");
  const { readFileSync } = await import("node:fs");
  await page.evaluate(readFileSync(source, "utf8"));
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`);
}

const widest = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const scheme of ["light", "dark"]) {
  const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: scheme });
  await page.screenshot({ path: `${folder}/desktop-${scheme}.png`, fullPage: true });
  seen.axe[scheme] = await faults(page);
  seen.scroll[scheme] = await widest(page);
  await page.context().close();
}

{
  const page = await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
  await page.screenshot({ path: `${folder}/phone.png` });
  seen.scroll.phone = await widest(page);
  await page.locator(".matrix, .scroll").last().scrollIntoViewIfNeeded();
  if (await page.locator(".matrix").count()) await page.locator(".matrix").first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${folder}/phone-matrix.png` });
  seen.axe.phone = await faults(page);
  await page.emulateMedia({ media: "print" });
  seen.axe.print = await faults(page);
  await page.pdf({ path: `${folder}/print.pdf`, preferCSSPageSize: true, printBackground: true });
  await page.context().close();
}

{
  const page = await open({ viewport: { width: 1280, height: 900 } });
  seen.first = await column(page, "table[data-unit]", 1);
  const rate = page.locator("table[data-unit]").first().locator("thead button", { hasText: "上报率" });
  if (await rate.count()) {
    await rate.click();
    seen.falling = await column(page, "table[data-unit]", 2);
    await rate.click();
    seen.rising = await column(page, "table[data-unit]", 2);
    await rate.click();
    seen.again = await column(page, "table[data-unit]", 1);
  }
  if (await page.locator(".matrix").count()) {
    await page.locator(".matrix thead button").nth(1).click();
    seen.cells = await column(page, ".matrix table", 1);
    await page.locator(".matrix thead button").nth(0).click();
    await page.locator("#by-letter").selectOption("阻");
    seen.blocked = await column(page, ".matrix table", 0);
    await page.locator("#by-letter").selectOption("");
    seen.stops = await page.locator(".matrix").evaluateAll((all) =>
      all.map((one) => [...one.querySelectorAll("thead button")].filter((button) => button.tabIndex >= 0).length));
    await page.locator(".matrix thead button").nth(0).focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
    seen.walked = await page.evaluate(() => document.activeElement.textContent);
  }
  seen.folded = await page.locator("details").count();
  if (seen.folded) {
    seen.shownAtFirst = await page.locator("tbody tr:visible").count();
    await page.locator("#by-unit").fill("单位7");
    seen.pieces = [await page.locator("details[open]").count(), await page.locator("details:visible").count()];
    seen.shownThen = await page.locator("tbody tr:visible").count();
    await page.locator("summary").first().click();
    await page.locator("button[type=reset]").click();
  }
  if (await page.locator("#by-unit").count()) {
    await page.locator("#by-unit").fill("水步");
    seen.found = await page.locator("table[data-unit] tbody tr:visible th").allTextContents();
    seen.said = await page.locator("#shown").textContent();
    await page.locator("button[type=reset]").click();
    await page.waitForTimeout(50);
    seen.reset = await column(page, "table[data-unit]", 1);
  }
  await page.context().close();
}

{
  const page = await open({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  seen.unscripted = { rows: await page.locator("tbody tr").count(), controls: await page.locator("#controls").isVisible().catch(() => false) };
  seen.cellsText = await page.locator("td,tbody th,p").allTextContents().catch(() => null);
  await page.context().close();
}

await browser.close();
console.log(JSON.stringify(seen));
