// The page of what is spent in a real browser: live figures, a price that was missing, budgets, the ledger, phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  faults,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

let model;
let gateway;
let browser;
let state;

before(async () => {
  model = await startModel();
  gateway = await startGateway(model);
  browser = await startBrowser();
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

/** Calls the gateway as the page would. */
const call = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    [method, path, body],
  );

const ask = (page, session, message) =>
  call(page, 'POST', '/api/chat', { session_id: session, message, stream: false });

async function open({ size = {}, path = '/cost' } = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  await tab.page.getByRole('heading', { name: 'Cost', level: 1 }).waitFor();
  return { ...tab, context };
}

const figure = (page, name) => page.locator('.cost-figure').filter({ hasText: name }).locator('.cost-value');

test('a model without a price is named, gets one, and then its calls cost what they cost, live', async () => {
  const { page, context, unexpected } = await open();
  await page.getByText('Nothing was spent yet').waitFor();
  await ask(page, 'one', 'say:a b c');
  // Told by the news, without a reload, and not as nothing.
  await page.getByText('The price of a model is not known').waitFor();
  await page
    .getByRole('row', { name: /main\/scripted/ })
    .getByText('price unknown')
    .waitFor();
  await page.getByRole('button', { name: 'Set a price for main/scripted' }).click();
  const dialog = page.getByRole('dialog', { name: 'Price of a model' });
  await dialog.getByLabel('Sent', { exact: true }).fill('two');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Dollars, such as 2.50').first().waitFor();
  await dialog.getByLabel('Sent', { exact: true }).fill('1000');
  await dialog.getByLabel('Produced').fill('2000,5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('row', { name: /scripted/ })
    .getByText('Your price')
    .waitFor();
  await page.getByRole('link', { name: 'Spending' }).click();
  const { body } = await ask(page, 'one', 'say:a b c');
  assert.ok(Number(body.cost_usd) > 0.01, body.cost_usd);
  const shown = `$${Number(body.cost_usd).toFixed(2)}`;
  await figure(page, 'Today').getByText(shown).waitFor();
  await figure(page, 'This month').getByText(shown).waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('a budget is set on the page, holds at once, warns everywhere, and survives a crash', async () => {
  const { page, context, unexpected } = await open({ path: '/cost?tab=budgets' });
  const limit = page.getByLabel('For a day', { exact: true });
  await limit.fill('ten');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Dollars, such as 2.50').waitFor();
  await limit.fill('0.05');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The budgets hold from now on.').waitFor();
  const refused = await ask(page, 'two', `say:${'word '.repeat(60)}`);
  assert.equal(refused.status, 402);
  assert.equal(refused.body.code, 'BUDGET_EXCEEDED');
  assert.ok(Date.parse(refused.body.details.resets_at) > Date.now());
  await page.getByText('A budget of $0.05 is used up.').waitFor();
  await page.getByRole('button', { name: 'Add a budget' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a budget' });
  await dialog.getByLabel('Limit').fill('0.50');
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await dialog.waitFor({ state: 'detached' });
  const each = page.locator('.budget-name', { hasText: 'Each conversation by itself, for good' });
  await each.waitFor();
  await page.getByRole('button', { name: /^Remove: Each conversation/ }).click();
  await each.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await each.waitFor();
  await gateway.crash();
  await gateway.restart();
  await page.goto(`${gateway.url}/cost?tab=budgets`);
  await each.waitFor();
  assert.equal(await page.getByLabel('For a day', { exact: true }).inputValue(), '0.05');
  await page.getByLabel('For a day', { exact: true }).fill('1000');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The budgets hold from now on.').waitFor();
  assert.deepEqual(
    unexpected().filter((one) => !/status of 402|WebSocket|Failed to fetch|ERR_CONNECTION/.test(one)),
    [],
  );
  await context.close();
});

test('the ledger is filtered by links and fields, and can be taken home', async () => {
  const { page, context, unexpected } = await open({ path: '/cost?tab=ledger' });
  await page.locator('.call').first().waitFor();
  const all = await page.locator('.call').count();
  assert.ok(all >= 2);
  await page.getByLabel('Outcome').selectOption('ok');
  await page.getByRole('button', { name: 'Cost unknown' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.call').length === 1);
  assert.match(page.url(), /status=ok.*unpriced=true|unpriced=true.*status=ok/);
  await page.locator('.call-head').first().click();
  await page.getByText('not known', { exact: true }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'clawgate-cost.csv');
  await page.goto(`${gateway.url}/cost?by=origin`);
  await page.getByRole('link', { name: 'API', exact: true }).click();
  await page.locator('.call').first().waitFor();
  assert.match(page.url(), /door=api/);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('it is readable by day, by night and on a phone', async () => {
  for (const size of [{ scheme: 'light' }, { scheme: 'dark' }, { width: 360, height: 740, scheme: 'dark' }]) {
    const { page, context, unexpected } = await open({ size });
    const name = `cost-${size.width ?? 1440}-${size.scheme}`;
    await page.locator('.cost-chart .recharts-rectangle').first().waitFor();
    await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
    assert.deepEqual(await faults(page, name), []);
    for (const tab of ['Ledger', 'Budgets', 'Prices']) {
      await page.getByRole('link', { name: tab, exact: true }).click();
      await page.locator('.call, .budget-form, .cost-prices').first().waitFor();
      await page.screenshot({ path: `${SHOTS}/${name}-${tab.toLowerCase()}.png`, fullPage: true });
      assert.deepEqual(await faults(page, `${name} ${tab}`), []);
    }
    assert.deepEqual(unexpected(), []);
    await context.close();
  }
});
