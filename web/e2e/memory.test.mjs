// The memory's page in a real browser: search, filters, change, delete and undo, bulk, versions, live, phone.
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
  gateway = await startGateway(model, { remembers: true });
  browser = await startBrowser();
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

const NOTES = [
  ['dog', 'My dog is called Rex. He is a poodle and eats at noon.', 'family', true],
  ['coffee', 'Trinkt morgens schwarzen Kaffee im Café Möwe, nie mit Zucker.', 'core', false],
  ['咖啡', '他喜欢喝黑咖啡，住在上海。', 'core', false],
  ['insurance', 'Die Krankenversicherung ist bei der Techniker.', 'papers', false],
  ['flight', 'Flight LH-4711 to Lisbon on the third of May, seat 12A.', 'daily', false],
  ['garden', `The garden: ${'tomatoes, beans and mint grow by the wall. '.repeat(12)}`, 'core', false],
];

/** Calls the gateway as the page would. */
const call = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return answer.status === 204 ? null : answer.json();
    },
    [method, path, body],
  );

async function open({ size = {}, path = '/memory' } = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  await tab.page.getByRole('heading', { name: 'Memory', level: 1 }).waitFor();
  return { ...tab, context };
}

const row = (page, key) =>
  page.locator('.memory-row').filter({ has: page.locator('.memory-key', { hasText: key }) });
const keys = (page) => page.locator('.memory-key').allTextContents();

test('an empty memory says what to do, and the first entry is written from there', async () => {
  const { page, context, unexpected } = await open();
  await page.getByText('Nothing is remembered yet').waitFor();
  await page.getByRole('button', { name: 'Remember', exact: true }).click();
  await page.getByLabel('What to remember').fill('My dog is called Rex.');
  await page.getByLabel('Name', { exact: true }).fill('dog');
  await page.getByRole('dialog').getByRole('button', { name: 'Remember' }).click();
  await row(page, 'dog').locator('.memory-content').waitFor();
  assert.match(page.url(), /open=dog/);
  // A name that is taken is not overwritten unseen.
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByLabel('What to remember').fill('Something else');
  await page.getByLabel('Name', { exact: true }).fill('dog');
  await page.getByRole('dialog').getByRole('button', { name: 'Remember' }).click();
  await page.getByText('There is a memory of this name already.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  for (const [key, content, category, pinned] of NOTES)
    await call(page, 'POST', '/api/memory', { key, content, category, pinned });
  // The news brings them, without a reload.
  await row(page, 'garden').waitFor();
  assert.equal((await keys(page))[0], 'dog', 'what is pinned comes first');
  assert.deepEqual(
    unexpected().filter((one) => !/status of 409/.test(one)),
    [],
  );
  await context.close();
});

test('it is searched while one types, in any language, with the matches marked and the address in step', async () => {
  const { page, context, unexpected } = await open();
  const search = page.getByRole('searchbox', { name: 'Search the memory' });
  await page.keyboard.press('/');
  await page.keyboard.type('cafe mow');
  await page.locator('mark', { hasText: 'Möw' }).waitFor();
  assert.deepEqual(await keys(page), ['coffee']);
  assert.match(page.url(), /q=cafe/);
  await search.fill('咖');
  await page.locator('.memory-snippet mark', { hasText: '咖' }).first().waitFor();
  await search.fill('versicherung');
  await page.locator('mark', { hasText: 'versicherung' }).waitFor();
  await search.fill('zzzz');
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await row(page, 'flight').waitFor();
  assert.equal(await search.inputValue(), '');
  await page.getByRole('button', { name: /^Core/ }).click();
  await row(page, 'flight').waitFor({ state: 'detached' });
  assert.match(page.url(), /category=core/);
  await page.reload();
  await row(page, 'coffee').waitFor();
  assert.equal(await row(page, 'flight').count(), 0);
  await page.getByRole('button', { name: 'Pinned', exact: true }).click();
  await page.getByText('Nothing fits').waitFor();
  await page.goBack();
  await row(page, 'coffee').waitFor();
  assert.deepEqual(await faults(page, 'memory'), []);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('an entry is changed where it stands, and a change from elsewhere is not overwritten', async () => {
  const { page, context, unexpected } = await open({ path: '/memory?open=coffee' });
  const entry = row(page, 'coffee');
  await entry.getByRole('button', { name: 'Edit' }).click();
  const text = entry.getByLabel('What to remember');
  await text.fill('Trinkt jetzt Tee.');
  // What is typed survives another page.
  await page.getByRole('button', { name: /^Daily/ }).click();
  await row(page, 'flight').waitFor();
  await page.goBack();
  assert.equal(await entry.getByLabel('What to remember').inputValue(), 'Trinkt jetzt Tee.');
  await call(page, 'PATCH', '/api/memory/coffee', { content: 'Trinkt Kakao.' });
  await entry.getByText('changed elsewhere').waitFor();
  await entry.getByRole('button', { name: 'Save mine over it' }).click();
  await entry.locator('.memory-content', { hasText: 'Trinkt jetzt Tee.' }).waitFor();
  await entry.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('dialog');
  await versions.locator('ins', { hasText: 'jetzt' }).waitFor();
  await versions.locator('.version').nth(1).getByRole('button', { name: 'Bring this one back' }).click();
  await versions.getByText('Version 4').waitFor();
  await page.screenshot({ path: `${SHOTS}/memory-versions.png` });
  await page.keyboard.press('Escape');
  await entry.locator('.memory-content', { hasText: 'Trinkt Kakao.' }).waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('what is deleted comes back by undo and from the bin, one or many', async () => {
  const { page, context, unexpected } = await open();
  await row(page, 'flight').getByRole('button', { name: 'Actions for flight' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await row(page, 'flight').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page, 'flight').waitFor();
  for (const key of ['flight', 'garden', 'insurance'])
    await page.getByRole('checkbox', { name: `Select ${key}` }).check();
  await page.getByRole('toolbar', { name: '3 selected' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/memory-bulk.png` });
  await page.getByRole('toolbar').getByRole('button', { name: 'Pin', exact: true }).click();
  await row(page, 'garden').getByRole('button', { name: 'Unpin' }).waitFor();
  for (const key of ['flight', 'garden']) await page.getByRole('checkbox', { name: `Select ${key}` }).check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Move to…' }).click();
  await page.getByRole('dialog').getByLabel('Category').fill('trips');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: /^trips/ }).waitFor();
  for (const key of ['flight', 'garden']) await page.getByRole('checkbox', { name: `Select ${key}` }).check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('2 memories were deleted.').waitFor();
  await page.getByRole('button', { name: /^Bin/ }).click();
  await row(page, 'garden').waitFor();
  await page.screenshot({ path: `${SHOTS}/memory-bin.png` });
  await row(page, 'garden').getByRole('button', { name: 'Restore' }).first().click();
  await row(page, 'garden').waitFor({ state: 'detached' });
  await page.goBack();
  await row(page, 'garden').waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('who may only read sees everything and is told why nothing can be changed', async () => {
  const { page: owner, context: first } = await open();
  const made = await call(owner, 'POST', '/api/pairing/initiate', {
    scopes: ['read'],
    device_name: 'reader',
  });
  await first.close();
  const context = await newContext(browser);
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/#code=${made.pairing_code}`);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.getByRole('link', { name: 'Memory', exact: true }).first().waitFor();
  await page.goto(`${gateway.url}/memory`);
  await row(page, 'dog').waitFor();
  await page.getByText('This device may only read.').first().waitFor();
  const add = page.getByRole('button', { name: 'Add', exact: true });
  assert.equal(await add.getAttribute('aria-disabled'), 'true');
  await add.click({ force: true });
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.deepEqual(await faults(page, 'memory'), []);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: { width: 360, height: 740 },
  'phone-dark': { width: 360, height: 740, scheme: 'dark' },
}))
  test(`it is in shape: ${name}`, async () => {
    const { page, context, unexpected } = await open({ size });
    await row(page, 'dog').waitFor();
    await page.screenshot({ path: `${SHOTS}/memory-${name}.png` });
    await row(page, 'dog').locator('.memory-head').click();
    await row(page, 'dog').locator('.memory-content').waitFor();
    await page.screenshot({ path: `${SHOTS}/memory-open-${name}.png` });
    await row(page, 'dog').getByRole('button', { name: 'Edit' }).click();
    await row(page, 'dog').getByLabel('What to remember').waitFor();
    await page.screenshot({ path: `${SHOTS}/memory-edit-${name}.png` });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0, 'nothing sticks out sideways');
    assert.deepEqual(await faults(page, 'memory'), []);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
