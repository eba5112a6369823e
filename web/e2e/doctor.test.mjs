// The doctor and the integrations: what is wrong is found, shown as it comes and mended; what is set up is really tried.
import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

async function open(path, size = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  return { context, ...tab };
}
const database = () => join(gateway.home, 'clawgate.db');
const mode = () => (statSync(database()).mode & 0o777).toString(8);
const finding = (page, id) => page.locator(`[data-check="${id}"]`);
const card = (page, id) => page.locator(`.integration[data-id="${id}"]`);

test('what others may read is found, shown before it is changed, and mended; other tabs see it', async () => {
  chmodSync(database(), 0o644);
  const { page, context, unexpected } = await open('/doctor');
  const overview = await context.newPage();
  await overview.goto(`${gateway.url}/overview`);
  await overview.getByText('Not looked yet').waitFor();
  await page.getByText('Nothing was looked at yet').waitFor();
  await page.getByRole('button', { name: 'Look now' }).last().click();
  const files = finding(page, 'files.database');
  await files.getByText('clawgate.db has the mode 0644').waitFor();
  await finding(page, 'providers.main.answers').waitFor();
  await page.getByText('1 thing does not work').waitFor();
  await overview.getByText('1 error').waitFor();
  await files.getByRole('button', { name: 'Take the rights away' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('del', { hasText: '0644' }).waitFor();
  assert.match(page.url(), /fix=files\.database/);
  assert.equal(mode(), '644', 'nothing is changed before it is asked for');
  await dialog.getByRole('button', { name: 'Mend it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('1 thing does not work').waitFor({ state: 'detached' });
  assert.equal(mode(), '600');
  await overview.getByText('1 error').waitFor({ state: 'detached' });
  // What is looked at stands in the address.
  await page.getByRole('button', { name: /^As it should be/ }).click();
  await files.waitFor();
  assert.match(page.url(), /show=ok/);
  await page.reload();
  await files.waitFor();
  await page.getByRole('button', { name: 'Report' }).click();
  await page.getByRole('dialog').getByText('# Clawgate report').waitFor();
  assert.deepEqual(await faults(page, 'report'), []);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('the webhook gets a secret, its address is there to be copied, and the test knocks at the door', async () => {
  const { page, context, unexpected } = await open('/integrations');
  const webhook = card(page, 'channel-webhook');
  await webhook.getByText('Set up', { exact: true }).waitFor();
  await webhook.getByRole('button', { name: 'Webhook', exact: true }).click();
  assert.match(page.url(), /open=channel-webhook/);
  const sheet = page.getByRole('dialog', { name: 'Webhook' });
  await sheet.getByText(`${gateway.url}/webhook`, { exact: true }).waitFor();
  await sheet.getByRole('button', { name: 'Make one' }).click();
  const secret = await sheet.getByLabel('Secret', { exact: true }).inputValue();
  assert.match(secret, /^\w{32}$/);
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.getByPlaceholder('Set; type to replace it').waitFor();
  await sheet.getByText('X-Webhook-Secret: <secret>').waitFor();
  await sheet.getByRole('button', { name: 'Test' }).click();
  await sheet.getByText('accepts the secret and refuses a wrong one').waitFor();
  assert.deepEqual(await faults(page, 'webhook'), []);
  await page.goBack();
  await sheet.waitFor({ state: 'detached' });
  await webhook.getByText('Works', { exact: true }).waitFor();
  // A collector that nobody runs is said to fail, and stays so over a reload.
  await page.goto(`${gateway.url}/integrations?open=otlp`);
  const collector = page.getByRole('dialog', { name: 'OpenTelemetry' });
  await collector.getByLabel('Collector').fill('soup');
  await collector.getByRole('button', { name: 'Save' }).click();
  await collector.locator('[aria-invalid="true"]').waitFor();
  assert.deepEqual(await faults(page, 'collector'), []);
  await collector.getByLabel('Collector').fill('http://127.0.0.1:9');
  await collector.getByRole('button', { name: 'Save' }).click();
  await collector.getByRole('button', { name: 'Test' }).click();
  await collector.getByText('did not take a span').waitFor();
  await page.reload();
  await card(page, 'otlp').getByText('Failing', { exact: true }).waitFor();
  assert.deepEqual(
    unexpected().filter((one) => !/status of 400/.test(one)),
    [],
  );
  await context.close();
});

test('who may only read sees it all and is told why nothing can be changed', async () => {
  const owner = await open('/doctor');
  const made = await owner.page.evaluate(async () => {
    const answer = await fetch('/api/pairing/initiate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scopes: ['read'], device_name: 'reader' }),
    });
    return answer.json();
  });
  await owner.context.close();
  const context = await newContext(browser);
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/#code=${made.pairing_code}`);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.getByRole('link', { name: 'Doctor', exact: true }).first().waitFor();
  await page.goto(`${gateway.url}/doctor`);
  await finding(page, 'providers.price').waitFor();
  const look = page.getByRole('button', { name: 'Look now' });
  assert.equal(await look.getAttribute('aria-disabled'), 'true');
  await page.goto(`${gateway.url}/integrations?open=tools-files`);
  const sheet = page.getByRole('dialog', { name: 'Files' });
  assert.equal(await sheet.getByRole('button', { name: 'Test' }).getAttribute('aria-disabled'), 'true');
  assert.deepEqual(unexpected(), []);
  await context.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: { width: 360, height: 740 },
  'phone-dark': { width: 360, height: 740, scheme: 'dark' },
}))
  test(`both pages are in shape: ${name}`, async () => {
    const { page, context, unexpected } = await open('/doctor', size);
    await finding(page, 'providers.price').waitFor();
    await page.locator('.findings-fine summary').click();
    await page.screenshot({ path: `${SHOTS}/doctor-${name}.png`, fullPage: true });
    assert.deepEqual(await faults(page, `doctor ${name}`), []);
    await page.goto(`${gateway.url}/integrations`);
    await card(page, 'tools-files').waitFor();
    await page.screenshot({ path: `${SHOTS}/integrations-${name}.png`, fullPage: true });
    assert.deepEqual(await faults(page, `integrations ${name}`), []);
    await page.goto(`${gateway.url}/integrations?open=channel-webhook`);
    await page.getByRole('dialog', { name: 'Webhook' }).getByLabel('Secret', { exact: true }).waitFor();
    await page.screenshot({ path: `${SHOTS}/integration-${name}.png` });
    assert.deepEqual(await faults(page, `integration ${name}`), []);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
