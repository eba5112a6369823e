// Devices: adding one, changing it, sending it away; the password; signing out.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  composer,
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
let browser;
let gateway;
let state;
let context;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
  context = await newContext(browser, { state });
});
after(async () => {
  await context?.close();
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

async function open() {
  const { page, unexpected } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/devices`);
  await page.getByText('This device').waitFor();
  return { page, unexpected };
}

/** Pairs a program, as one does without a browser; its token. */
async function program(name, scopes = ['chat']) {
  const made = await context.request.post(`${gateway.url}/api/pairing/initiate`, { data: { scopes } });
  const { pairing_code: code } = await made.json();
  const paired = await fetch(`${gateway.url}/pair`, {
    method: 'POST',
    headers: { 'X-Pairing-Code': code, 'Content-Type': 'application/json' },
    body: JSON.stringify({ device_name: name, device_type: 'cli' }),
  });
  return (await paired.json()).token;
}
const asks = async (token) =>
  (await fetch(`${gateway.url}/api/status`, { headers: { Authorization: `Bearer ${token}` } })).status;

const card = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

async function act(page, name, action) {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

describe('devices', () => {
  it('one more is added by its link, and the dialog closes by itself', async () => {
    const { page, unexpected } = await open();
    await page.getByRole('button', { name: 'Add a device' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/Works for another 1[45]:\d\d/).waitFor();
    await dialog.getByRole('combobox', { name: 'It may' }).selectOption('chat');
    await dialog.getByRole('combobox', { name: 'Its access ends' }).selectOption('30');
    await dialog.getByText('Talk to the agent and see everything').waitFor();
    await page.waitForTimeout(500);
    const link = await dialog.getByText(/#code=/).innerText();
    const other = await newContext(browser, { width: 360, height: 740 });
    const phone = await newTab(other, gateway);
    await phone.page.goto(link);
    await phone.page.getByRole('button', { name: 'Pair', exact: true }).click();
    await composer(phone.page).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/is paired\.$/).waitFor();
    const added = page.getByRole('listitem').filter({ hasText: 'Chat', hasNotText: 'This device' }).first();
    await added.getByText('Connected now').waitFor();
    await added.getByText(/in (4 wk|30 days|1 mo|29 days|4 weeks)/).waitFor();
    await phone.page.goto('about:blank');
    await added.getByText(/Last seen/).waitFor();
    assert.deepEqual([...unexpected(), ...phone.unexpected()], []);
    await other.close();
    await page.close();
  });

  it('is renamed, given other rights, a new token, and sent away at once', async () => {
    const token = await program('Script');
    const { page, unexpected } = await open();
    await act(page, 'Script', 'Rename');
    await page.getByRole('textbox', { name: 'Name' }).fill('Backup');
    await page.keyboard.press('Enter');
    await card(page, 'Backup').waitFor();

    await act(page, 'Backup', 'Change what it may');
    await page.getByRole('radio', { name: 'Read only' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await card(page, 'Backup').getByText('Read only').waitFor();

    await act(page, 'Backup', 'Change when it ends');
    await page.getByRole('combobox', { name: 'Its access ends' }).selectOption('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await card(page, 'Backup')
      .getByText(/in (24 hr|1 day|23 hr)|tomorrow/)
      .waitFor();

    assert.equal(await asks(token), 200);
    await act(page, 'Backup', 'New token');
    await page.getByRole('button', { name: 'Make a new token' }).click();
    const renewed = await page
      .getByRole('dialog')
      .getByText(/^zcl_live_/)
      .innerText();
    assert.deepEqual([await asks(token), await asks(renewed)], [401, 200]);
    await page.getByRole('button', { name: 'Done' }).click();

    await act(page, 'Backup', 'Revoke');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await card(page, 'Backup').waitFor({ state: 'detached' });
    assert.equal(await asks(renewed), 401);
    assert.deepEqual(unexpected(), []);
    await page.close();
  });

  it('nobody locks himself out by mistake', async () => {
    const { page } = await open();
    const name = await page
      .getByRole('listitem')
      .filter({ hasText: 'This device' })
      .getByRole('heading')
      .innerText();
    const own = page
      .getByRole('listitem')
      .filter({ hasText: 'This device' })
      .getByRole('button', { name: `Actions for ${name}` });
    await own.click();
    const rights = page.getByRole('menuitem', { name: /Change what it may/ });
    assert.equal(await rights.getAttribute('aria-disabled'), 'true');
    await page.getByRole('menuitem', { name: 'Change when it ends' }).click();
    await page.getByRole('combobox', { name: 'Its access ends' }).selectOption('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('alert')
      .getByText(/nobody could manage the gateway/)
      .waitFor();
    await page.close();
  });

  it('a password is set, wanted before a change, a second way in, and removed', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Set a password' }).click();
    const fresh = page.getByRole('textbox', { name: 'New password' });
    await fresh.fill('short');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('At least 8 characters.').waitFor();
    await fresh.fill('correct horse');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The password is set.').waitFor();

    const other = await newContext(browser);
    const visitor = await newTab(other, gateway);
    const begun = await other.request.post(`${gateway.url}/api/session`, {
      data: { password: 'correct horse' },
    });
    assert.equal(begun.status(), 200);
    await visitor.page.goto(`${gateway.url}/devices`);
    await visitor.page.getByText('with the password').waitFor();

    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('textbox', { name: 'Current password' }).fill('wrong horse');
    await page.getByRole('textbox', { name: 'New password' }).fill('battery staple');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/password is wrong|wrong password/i).waitFor();
    await page.getByRole('textbox', { name: 'Current password' }).fill('correct horse');
    await page.getByRole('button', { name: 'Save' }).click();
    await visitor.page.getByRole('heading', { name: 'Pair this browser' }).waitFor();
    await other.close();

    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('textbox', { name: 'Current password' }).fill('battery staple');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Not set').waitFor();
    await page.close();
  });

  it('who may only read changes nothing and is told why', async () => {
    const made = await context.request.post(`${gateway.url}/api/pairing/initiate`, {
      data: { scopes: ['read'] },
    });
    const { pairing_code: code } = await made.json();
    const visitor = await newContext(browser);
    const { page, unexpected } = await newTab(visitor, gateway);
    await page.goto(`${gateway.url}/devices#code=${code}`);
    await page.getByRole('button', { name: 'Pair', exact: true }).click();
    await page
      .getByText(/may not change settings/)
      .first()
      .waitFor();
    const add = page.getByRole('button', { name: 'Add a device' });
    assert.equal(await add.getAttribute('aria-disabled'), 'true');
    await add.click({ force: true });
    await page.waitForTimeout(200);
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.deepEqual(unexpected(), []);
    await visitor.close();
  });

  for (const scheme of ['light', 'dark'])
    for (const [width, height] of [
      [360, 740],
      [1440, 900],
    ])
      it(`every dialog is accessible and fits: ${width} px, ${scheme}`, async () => {
        const look = await newContext(browser, { width, height, scheme, state });
        const { page, unexpected } = await newTab(look, gateway);
        await page.goto(`${gateway.url}/devices`);
        await page.getByText('This device').waitFor();
        await page.screenshot({ path: `${SHOTS}/devices-full-${width}-${scheme}.png`, fullPage: true });
        const found = await faults(page, 'devices');
        const own = page
          .getByRole('listitem')
          .filter({ hasText: 'This device' })
          .getByRole('button', { name: /Actions/ });
        for (const action of ['Rename', 'Change when it ends', 'New token', 'Revoke']) {
          await own.click();
          await page.getByRole('menuitem', { name: action }).click();
          await page.getByRole('dialog').waitFor();
          await page.waitForTimeout(200);
          found.push(...(await faults(page, action)));
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
        for (const name of ['Set a password', 'Sign out elsewhere']) {
          await page.getByRole('button', { name }).click();
          await page.getByRole('dialog').waitFor();
          await page.waitForTimeout(200);
          found.push(...(await faults(page, name)));
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
        assert.deepEqual([...found, ...unexpected()], []);
        await look.close();
      });

  it('the address that others reach comes with a QR code', async () => {
    const { page, unexpected } = await open();
    // A gateway that listens to a network cannot be had everywhere: its answer is.
    await page.route('**/api/pairing/initiate', async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      const reachable_urls = [`http://192.168.1.20:42617/#code=${body.pairing_code}`];
      await route.fulfill({ response: answer, json: { ...body, reachable_urls } });
    });
    await page.getByRole('button', { name: 'Add a device' }).click();
    await page.getByRole('img', { name: 'QR code of http://192.168.1.20:42617' }).waitFor();
    await page.screenshot({ path: `${SHOTS}/add-device-qr.png` });
    const found = await faults(page, 'QR code');
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).pathname, '/devices');
    assert.deepEqual([...found, ...unexpected()], []);
    await page.close();
  });

  it('others are signed out, then this browser signs itself out', async () => {
    const token = await program('Left behind');
    const { page } = await open();
    await card(page, 'Left behind').waitFor();
    await page.getByRole('button', { name: 'Sign out elsewhere' }).click();
    await page.getByRole('checkbox', { name: /Also revoke/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out elsewhere' }).click();
    await card(page, 'Left behind').waitFor({ state: 'detached' });
    assert.equal(await asks(token), 401);
    await page
      .getByRole('region', { name: 'This browser' })
      .getByRole('button', { name: 'Sign out', exact: true })
      .click();
    await page.getByRole('heading', { name: 'Pair this browser' }).waitFor();
    await page.close();
  });
});
