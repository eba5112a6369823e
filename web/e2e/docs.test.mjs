import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newContext, newTab, startBrowser, startGateway, startModel } from './harness.mjs';

let model;
let gateway;
let browser;
before(async () => {
  model = await startModel();
  gateway = await startGateway(model);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

describe('the API explorer', () => {
  it('shows every route, from the binary alone and under its own policy', async () => {
    const document = await (await fetch(`${gateway.url}/openapi.json`)).json();
    // An operation stands in each of its groups.
    const operations = Object.values(document.paths).flatMap((path) =>
      Object.entries(path).flatMap(([method, { tags }]) => tags.map((tag) => `${tag} ${method}`)),
    );
    const context = await newContext(browser);
    const { page, unexpected } = await newTab(context, gateway);
    await page.goto(`${gateway.url}/docs`);
    await page
      .locator('.opblock')
      .nth(operations.length - 1)
      .waitFor();
    assert.equal(await page.locator('.opblock').count(), operations.length);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
});
