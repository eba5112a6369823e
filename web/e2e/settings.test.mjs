// The settings in a real browser: form and text, review, undo, conflicts, what waits for a restart, a crash between.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
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

const FILE = `# my gateway
[agent]
temperature = 0.4 # calm

# a second one, at home
[providers.home]
kind = "demo"
api_key = "sk-what-nobody-may-see"
`;

let model;
let gateway;
let browser;
let state;
const file = () => readFileSync(join(gateway.home, 'config.toml'), 'utf8');
const edit = (change) => writeFileSync(join(gateway.home, 'config.toml'), change(file()));

before(async () => {
  model = await startModel();
  gateway = await startGateway(model, {
    prepare: (home) => writeFileSync(join(home, 'config.toml'), FILE),
  });
  browser = await startBrowser();
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

async function open(path = '/settings', size = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}${path}`);
  await tab.page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  return { ...tab, context };
}

const field = (page, key) => page.locator(`#setting-${key.replaceAll('.', '-')}`);
const review = (page) => page.getByRole('button', { name: 'Review and save' });
const save = async (page) => {
  await review(page).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
};

test('settings are changed in the form, reviewed, saved with the comments kept, taken back, and outlive a crash', async () => {
  const { page, context, unexpected } = await open('/settings?key=agent.temperature');
  const temperature = field(page, 'agent.temperature');
  await temperature.and(page.locator(':focus')).waitFor();
  await temperature.fill('3');
  await page.getByRole('link', { name: '1 thing is not right' }).waitFor();
  await temperature.fill('0.9');
  await page.getByRole('link', { name: 'Watching' }).click();
  await field(page, 'observability.backend').selectOption('none');
  await page.getByText('2 changes not saved').waitFor();
  await review(page).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 of these counts after the next start.').waitFor();
  await dialog.locator('.cm-content').getByText('temperature = 0.9').waitFor();
  await page.screenshot({ path: `${SHOTS}/settings-review.png` });
  assert.deepEqual(await faults(page, 'settings review'), []);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('A restart is needed').waitFor();
  assert.match(file(), /temperature = 0\.9 # calm/);
  assert.match(file(), /backend = "none"/);
  assert.ok(!file().includes('sk-what-nobody-may-see'));
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('A restart is needed').waitFor({ state: 'detached' });
  assert.match(file(), /temperature = 0\.4 # calm/);
  await page.getByRole('link', { name: 'Agent', exact: true }).click();
  await temperature.fill('1.1');
  await field(page, 'agent.system_prompt').fill('Answer in one line.');
  await save(page);
  await page.getByText('2 settings were saved.').waitFor();
  await gateway.crash();
  await gateway.restart();
  await page.reload();
  await page.locator('#setting-agent-temperature').waitFor();
  assert.equal(await temperature.inputValue(), '1.1');
  assert.equal(await field(page, 'agent.system_prompt').inputValue(), 'Answer in one line.');
  // What the environment says cannot be changed here, and it is said why.
  await page.goto(`${gateway.url}/settings?key=memory.auto_save`);
  await page.getByText('Set by the environment variable CLAWGATE_MEMORY__AUTO_SAVE').waitFor();
  assert.ok(await field(page, 'memory.auto_save').isDisabled());
  assert.deepEqual(
    unexpected().filter((one) => !/ERR_CONNECTION|WebSocket connection/.test(one)),
    [],
  );
  await context.close();
});

test('config.toml is edited as a text with its faults marked, and the form follows', async () => {
  const { page, context, unexpected } = await open('/settings?view=toml');
  const text = page.getByRole('textbox', { name: 'The text of config.toml' });
  await text.getByText('***MASKED***').waitFor();
  await text.getByText('[agent]').click();
  await page.keyboard.press('End');
  await page.keyboard.type('\nautonomy = "wild"');
  await page.locator('.cm-lint-marker-error').waitFor();
  await page.getByRole('link', { name: 'Line 3' }).waitFor();
  assert.deepEqual(await faults(page, 'settings text'), []);
  await page.screenshot({ path: `${SHOTS}/settings-text.png` });
  for (const _ of 'wild"') await page.keyboard.press('Backspace');
  await page.keyboard.type('full" # I trust it');
  await page.locator('.cm-lint-marker-error').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Form', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('#setting-agent-autonomy')?.value === 'full');
  await save(page);
  await page.getByText('1 setting was saved.').waitFor();
  assert.match(file(), /autonomy = "full" # I trust it/);
  // The saved key is still the one behind the mask.
  assert.match(file(), /api_key = "enc:/);
  await page.getByRole('link', { name: 'History', exact: true }).click();
  const newest = page.locator('.config-revision').first();
  await newest.getByText('agent.autonomy').waitFor();
  await newest.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The earlier version is in force again.').waitFor();
  assert.ok(!file().includes('I trust it'));
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('a change from elsewhere is neither lost nor overwritten, and a broken file is refused and healed', async () => {
  const { page, context, unexpected } = await open('/settings?section=agent');
  await field(page, 'agent.history_tokens').fill('1000');
  edit((text) => text.replace('[agent]', '[agent]\napproval_timeout_secs = 60'));
  await page.getByText('your changes are kept on top').waitFor();
  await page.waitForFunction(
    () => document.querySelector('#setting-agent-approval_timeout_secs')?.value === '60',
  );
  edit((text) => text.replace('[agent]', '[agent]\nhistory_tokens = 7'));
  await page.getByText('you changed it too').waitFor();
  await page.screenshot({ path: `${SHOTS}/settings-conflict.png` });
  assert.deepEqual(await faults(page, 'settings conflict'), []);
  await page.getByRole('button', { name: 'Keep my changes on top' }).click();
  await save(page);
  await page.getByText('1 setting was saved.').waitFor();
  assert.match(file(), /history_tokens = 1000/);

  edit((text) => text.replace('history_tokens = 1000', 'history_tokens = "many"'));
  await page.getByText('config.toml was changed and is not right').waitFor();
  await page.screenshot({ path: `${SHOTS}/settings-refused.png` });
  assert.equal(await field(page, 'agent.history_tokens').inputValue(), '1000');
  edit((text) => text.replace('"many"', '2000'));
  await page.waitForFunction(() => document.querySelector('#setting-agent-history_tokens')?.value === '2000');
  await page.getByText('config.toml was changed and is not right').waitFor({ state: 'detached' });
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('settings are found by search and from the palette, and only who may can change them', async () => {
  const { page, context, unexpected } = await open();
  await page.getByRole('searchbox', { name: 'Search the settings' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('timeout secs');
  await page.getByText(/\d+ settings found/).waitFor();
  assert.match(page.url(), /q=timeout/);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search pages/ }).fill('who it is');
  const option = page.getByRole('option', { name: /System prompt/ });
  await option.waitFor();
  await option.click();
  await field(page, 'agent.system_prompt').and(page.locator(':focus')).waitFor();
  const made = await page.evaluate(async () => {
    const body = JSON.stringify({ scopes: ['read'], device_name: 'reader' });
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch('/api/pairing/initiate', { method: 'POST', headers, body })).json();
  });
  assert.deepEqual(unexpected(), []);
  await context.close();
  const other = await newContext(browser);
  const reader = await newTab(other, gateway);
  await reader.page.goto(`${gateway.url}/#code=${made.pairing_code}`);
  await reader.page.getByRole('button', { name: 'Pair', exact: true }).click();
  await reader.page.getByRole('link', { name: 'Settings', exact: true }).first().waitFor();
  await reader.page.goto(`${gateway.url}/settings?section=providers`);
  await reader.page.getByText('This device may not change settings.').first().waitFor();
  await reader.page.locator('summary', { hasText: 'home' }).click();
  const key = reader.page.getByRole('button', { name: 'Replace: API key' }).first();
  assert.equal(await key.getAttribute('aria-disabled'), 'true');
  assert.deepEqual(await faults(reader.page, 'settings read-only'), []);
  assert.deepEqual(reader.unexpected(), []);
  await other.close();
});

for (const [name, size] of Object.entries({
  desktop: {},
  'desktop-dark': { scheme: 'dark' },
  phone: { width: 360, height: 740 },
  'phone-dark': { width: 360, height: 740, scheme: 'dark' },
}))
  test(`they are in shape: ${name}`, async () => {
    const { page, context, unexpected } = await open('/settings?section=agent', size);
    for (const section of ['agent', 'providers', 'gateway']) {
      await page.goto(`${gateway.url}/settings?section=${section}`);
      await page.locator('.config-group').first().waitFor();
      if (section === 'providers') await page.locator('summary', { hasText: 'home' }).click();
      await page.screenshot({ path: `${SHOTS}/settings-${section}-${name}.png`, fullPage: true });
      assert.deepEqual(await faults(page, `settings ${section}`), []);
    }
    await page.goto(`${gateway.url}/settings?section=agent`);
    await field(page, 'agent.system_prompt').fill('You are kind.');
    await review(page).click();
    await page.getByRole('dialog').locator('.cm-content').waitFor();
    await page.screenshot({ path: `${SHOTS}/settings-review-${name}.png` });
    assert.deepEqual(await faults(page, 'settings review'), []);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
