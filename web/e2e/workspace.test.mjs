// The workspace's page in a real browser: write, draft, conflict, history, tree, search, upload, trash, phone.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const write = (page, path, content) =>
  call(page, 'PUT', `/api/workspace/file?path=${encodeURIComponent(path)}`, { content });
const onDisk = (path) => join(gateway.home, 'workspace', path);

async function open({ size = {}, path = '' } = {}) {
  const context = await newContext(browser, { state, ...size });
  const tab = await newTab(context, gateway);
  await tab.page.goto(`${gateway.url}/workspace${path}`);
  await tab.page.locator('.ws').waitFor();
  return { ...tab, context };
}

const row = (page, path) => page.locator(`[role="treeitem"][data-path="${path}"]`);
const editor = (page, name) => page.getByRole('textbox', { name: `Text of ${name}` });
const filename = (page, name) => page.getByRole('heading', { name, level: 1 });
// A status that a test provokes is written down by the browser, and is no fault.
const but = (problems, ...statuses) =>
  problems.filter((one) => !statuses.some((status) => one.includes(`status of ${status}`)));

test('from nothing to the standard files, a draft that outlives a reload, and the way back', async () => {
  const { page, context, unexpected } = await open();
  await page.getByText('Nothing here yet').waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-empty.png` });
  await page.getByRole('button', { name: 'Create the standard files' }).click();
  await filename(page, 'AGENTS.md').waitFor();
  assert.match(page.url(), /\/workspace\/AGENTS\.md$/);
  for (const name of ['SOUL.md', 'USER.md', 'MEMORY.md']) await row(page, name).waitFor();
  const text = editor(page, 'AGENTS.md');
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('- Whistle while you work.\n');
  await page.getByRole('status').filter({ hasText: 'Not saved yet' }).waitFor();
  await page.reload();
  await text.filter({ hasText: 'Whistle while you work.' }).waitFor();
  await row(page, 'AGENTS.md').locator('.ws-unsaved').waitFor();
  await text.click();
  await page.keyboard.press('Control+s');
  await page.getByText('Saved', { exact: true }).waitFor();
  assert.match(readFileSync(onDisk('AGENTS.md'), 'utf8'), /Whistle/);
  await page.getByText('Preview', { exact: true }).click();
  await page.locator('.ws-preview li', { hasText: 'Whistle' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-preview.png` });
  await page.getByText('History', { exact: true }).click();
  await page.locator('ins', { hasText: 'Whistle' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-history.png` });
  assert.deepEqual(await faults(page, 'workspace history'), []);
  await page.locator('.ws-version').nth(1).click();
  assert.match(page.url(), /version=1/);
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByText('Version 1 is back.').waitFor();
  assert.doesNotMatch(readFileSync(onDisk('AGENTS.md'), 'utf8'), /Whistle/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.locator('.ws-version').nth(3).waitFor();
  assert.match(readFileSync(onDisk('AGENTS.md'), 'utf8'), /Whistle/);
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('a change from elsewhere is shown as it comes, and beside what was typed', async () => {
  const { page, context, unexpected } = await open();
  await write(page, 'notes/plan.md', 'one\ntwo\nthree\nfour\nfive\n');
  await page.goto(`${gateway.url}/workspace/notes/plan.md`);
  const text = editor(page, 'plan.md');
  await text.filter({ hasText: 'three' }).waitFor();
  // Another program writes the file: the page has not asked for it.
  writeFileSync(onDisk('notes/plan.md'), 'one\ntwo\nTHREE\nfour\nfive\n');
  await text.filter({ hasText: 'THREE' }).waitFor();
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('six, by me');
  await write(page, 'notes/plan.md', 'one\nzwei\nTHREE\nfour\nfive\n');
  await page.getByText('This file was changed elsewhere while you were editing').waitFor();
  await page.locator('.cm-deletedChunk', { hasText: 'zwei' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-conflict.png` });
  assert.deepEqual(await faults(page, 'workspace conflict'), []);
  // Theirs of the one place, mine of the other.
  await page.locator('.cm-deletedChunk').first().getByRole('button', { name: 'Take theirs' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  assert.equal(readFileSync(onDisk('notes/plan.md'), 'utf8'), 'one\nzwei\nTHREE\nfour\nfive\nsix, by me');
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' and more');
  rmSync(onDisk('notes/plan.md'));
  await page.getByText('This file was deleted elsewhere while you were editing').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  assert.match(readFileSync(onDisk('notes/plan.md'), 'utf8'), /and more$/);
  assert.deepEqual(but(unexpected(), 404), []);
  await context.close();
});

test('the tree is walked, filled, renamed and emptied by keyboard, and what went comes back', async () => {
  const { page, context, unexpected } = await open();
  await row(page, 'SOUL.md').waitFor();
  await page.keyboard.press('Shift+n');
  await page.getByRole('dialog').getByLabel('Path').fill('daily/100% #1? ü.md');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await filename(page, '100% #1? ü.md').waitFor();
  await page.reload();
  await filename(page, '100% #1? ü.md').waitFor();
  await row(page, 'daily').click();
  await row(page, 'daily/100% #1? ü.md').waitFor({ state: 'detached' });
  await row(page, 'daily').focus();
  await page.keyboard.press('ArrowRight');
  await row(page, 'daily/100% #1? ü.md').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('F2');
  await page.getByRole('dialog').getByLabel('Path').fill('daily/monday.md');
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click();
  await filename(page, 'monday.md').waitFor();
  assert.match(page.url(), /daily\/monday\.md$/);
  await row(page, 'daily/monday.md').focus();
  await page.keyboard.press('Delete');
  await page.getByText('“monday.md” is in the trash.').waitFor();
  await row(page, 'daily/monday.md').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await row(page, 'daily/monday.md').waitFor();
  await row(page, 'daily').focus();
  await page.keyboard.press('Delete');
  await row(page, 'daily').waitFor({ state: 'detached' });
  await page.getByText('Trash', { exact: true }).click();
  const item = page.locator('.ws-trashed', { hasText: 'daily' });
  await item.getByText('1 file').waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-trash.png` });
  assert.deepEqual(await faults(page, 'workspace trash'), []);
  await item.getByRole('button', { name: 'Put back' }).click();
  await item.waitFor({ state: 'detached' });
  await page.getByText('Files', { exact: true }).click();
  await row(page, 'daily').waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('lines are found and lead to their place', async () => {
  const { page, context, unexpected } = await open();
  await write(page, 'deep/er/words.txt', `${'filler\n'.repeat(80)}The needle lies here.\n`);
  await row(page, 'SOUL.md').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('needle');
  await page.locator('.ws-hit mark', { hasText: 'needle' }).click();
  await filename(page, 'words.txt').waitFor();
  assert.match(page.url(), /line=81/);
  await page.getByText('Line 81').waitFor();
  await page.locator('.cm-activeLine', { hasText: 'The needle lies here.' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-search.png` });
  assert.deepEqual(await faults(page, 'workspace search'), []);
  await page.getByRole('button', { name: 'Match case' }).click();
  await page.getByRole('searchbox', { name: 'Search in the files' }).fill('NEEDLE');
  await page.getByText('Nothing found').waitFor();
  assert.deepEqual(unexpected(), []);
  await context.close();
});

test('files are uploaded by a drop, and one that is there is not overwritten unasked', async () => {
  const { page, context, unexpected } = await open();
  await row(page, 'SOUL.md').waitFor();
  const drop = async (name, bytes) => {
    const transfer = await page.evaluateHandle(
      ([name, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], name));
        return transfer;
      },
      [name, bytes],
    );
    await page.locator('.ws-tree-box').dispatchEvent('drop', { dataTransfer: transfer });
  };
  const dot = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
  await drop('dot.png', [...dot]);
  await row(page, 'dot.png').waitFor();
  assert.deepEqual(readFileSync(onDisk('dot.png')), dot);
  await drop('dot.png', [1, 2, 3]);
  await page.getByText('There is such a file already.').waitFor();
  await page.screenshot({ path: `${SHOTS}/workspace-upload.png` });
  await page.getByRole('button', { name: 'Keep both' }).click();
  await row(page, 'dot (2).png').waitFor();
  await row(page, 'dot.png').click();
  await page.getByRole('img', { name: 'The picture dot.png' }).waitFor();
  assert.deepEqual(but(unexpected(), 409), []);
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
  await page.getByRole('link', { name: 'Workspace', exact: true }).first().waitFor();
  await page.goto(`${gateway.url}/workspace/SOUL.md`);
  await editor(page, 'SOUL.md').waitFor();
  await page.getByText('This device may only read.').first().waitFor();
  await editor(page, 'SOUL.md').click();
  await page.keyboard.type('x');
  assert.equal(await page.getByText('Not saved yet').count(), 0);
  const add = page.getByRole('button', { name: 'New file' });
  assert.equal(await add.getAttribute('aria-disabled'), 'true');
  assert.deepEqual(await faults(page, 'workspace read only'), []);
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
    await row(page, 'SOUL.md').waitFor();
    await page.screenshot({ path: `${SHOTS}/workspace-${name}.png` });
    assert.deepEqual(await faults(page, `workspace ${name}`), []);
    await row(page, 'SOUL.md').click();
    await editor(page, 'SOUL.md').waitFor();
    await page.screenshot({ path: `${SHOTS}/workspace-file-${name}.png` });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0, 'nothing sticks out sideways');
    assert.deepEqual(await faults(page, `workspace file ${name}`), []);
    if (size.width) {
      await page.getByText('History', { exact: true }).click();
      await page.locator('.ws-version').first().click();
      await page.locator('.ws-diff').waitFor();
      await page.screenshot({ path: `${SHOTS}/workspace-history-${name}.png` });
      await page.getByRole('button', { name: 'All files' }).click();
      await row(page, 'SOUL.md').waitFor();
    }
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
