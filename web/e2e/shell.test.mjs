// What stands around every page: navigation, palette, keys, theme, connection, addresses.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  composer,
  faults,
  finished,
  newContext,
  newTab,
  pairOnce,
  SHOTS,
  say,
  startBrowser,
  startGateway,
  startModel,
} from './harness.mjs';

let model;
let browser;
let gateway;
let state;
before(async () => {
  model = await startModel();
  browser = await startBrowser();
  gateway = await startGateway(model);
  state = await pairOnce(browser, gateway);
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
  await model?.stop();
});

const at = (page) => new URL(page.url()).pathname;
const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const visit = async (path, how = {}) => {
  const context = await newContext(browser, { state, ...how });
  const tab = await newTab(context, gateway);
  await tab.page.goto(gateway.url + path);
  return { ...tab, context };
};

describe('the palette', () => {
  it('opens by key from anywhere, finds pages, actions and conversations, and leaves nothing behind', async () => {
    const { page, context, unexpected } = await visit('/chat');
    await composer(page).waitFor();
    await say(page, 'say:The nightingale sings in the reed');
    await finished(page);
    const conversation = at(page);
    await page.goto(`${gateway.url}/overview`);
    await heading(page, 'Overview').waitFor();

    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: /Search pages/ });
    await field.waitFor();
    await page.keyboard.type('devi');
    await page.getByRole('option', { name: /Devices/ }).waitFor();
    assert.equal(await page.getByRole('option', { selected: true }).count(), 1);
    await page.keyboard.press('Enter');
    await heading(page, 'Devices').waitFor();

    await page.keyboard.press('Control+k');
    await field.fill('nightingale');
    await page.getByRole('group', { name: 'Conversations' }).getByRole('option').first().waitFor();
    await page.screenshot({ path: `${SHOTS}/palette.png` });
    assert.deepEqual(await faults(page, 'palette'), []);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${conversation}*`);

    await page.keyboard.press('Control+k');
    await field.fill('dark');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme), 'dark');

    // It opens from within a text field, and gives the focus back to it.
    await composer(page).click();
    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    assert.ok(await composer(page).evaluate((node) => node === document.activeElement));
    assert.equal(at(page), conversation);
    assert.deepEqual(unexpected(), []);
    await context.close();
  });

  it('says when nothing is called so', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    await page.getByRole('button', { name: 'Search and commands' }).click();
    await page.getByRole('combobox').fill('zzqqxx');
    await page.getByText('Nothing is called “zzqqxx”.').waitFor();
    await context.close();
  });
});

describe('the keys', () => {
  it('lead to pages, keep out of typing, and can be looked up and switched off', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('v');
    await heading(page, 'Devices').waitFor();

    await page.keyboard.press('?');
    const map = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await map.getByText('Search and commands').waitFor();
    assert.deepEqual(await faults(page, 'keyboard map'), []);
    await page.screenshot({ path: `${SHOTS}/keys.png` });
    await page.keyboard.press('Escape');
    await map.waitFor({ state: 'detached' });

    await page.keyboard.press('n');
    await composer(page).click();
    await page.keyboard.type('g v?n[');
    assert.equal(await composer(page).inputValue(), 'g v?n[');
    assert.equal(at(page), '/chat');
    assert.equal(await map.count(), 0);
    await composer(page).fill('');

    await page.goto(`${gateway.url}/appearance`);
    await page.getByRole('switch', { name: 'Shortcuts of single letters' }).press('Space');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.keyboard.press('?');
    await page.waitForTimeout(300);
    assert.equal(at(page), '/appearance');
    assert.equal(await map.count(), 0);
    await page.reload();
    assert.equal(
      await page.getByRole('switch', { name: 'Shortcuts of single letters' }).isChecked(),
      false,
      'the choice is kept',
    );
    await context.close();
  });

  it('are enough: a page is reached, read and left without a mouse', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    assert.equal(await focused(), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');

    await page.reload();
    await heading(page, 'Overview').waitFor();
    const met = [];
    for (let step = 0; step < 24; step++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(
        () =>
          document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim(),
      );
      met.push(name);
      const seen = await page.evaluate(() => {
        const box = document.activeElement?.getBoundingClientRect();
        return box !== undefined && box.width > 0 && box.right > 0 && box.left < innerWidth;
      });
      assert.ok(seen, `${name} is on the screen while it has the focus`);
    }
    for (const wanted of ['Search and commands', 'Chat', 'Overview', 'Devices'])
      assert.ok(met.includes(wanted), `${wanted} is reached: ${met.join(', ')}`);

    const account = page.getByRole('button', { name: /^This browser/ });
    await account.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Escape');
    assert.ok(await account.evaluate((node) => node === document.activeElement));
    await context.close();
  });
});

describe('the theme', () => {
  for (const [chosen, system, ground] of [
    ['dark', 'light', 'rgb(20, 23, 26)'],
    ['light', 'dark', 'rgb(246, 248, 249)'],
  ])
    it(`${chosen} is there before anything else, whatever the system says`, async () => {
      const { page, context, unexpected } = await visit('/appearance', { scheme: system });
      await page
        .getByRole('radio', { name: new RegExp(chosen, 'i') })
        .first()
        .check();
      // The application's own code is held back: what is seen meanwhile has to be right already.
      let letGo;
      const held = new Promise((go) => {
        letGo = go;
      });
      await page.route(/\/assets\/.*\.js$/, async (route) => {
        await held;
        await route.continue().catch(() => {});
      });
      const reloaded = page.reload();
      await page.waitForFunction(() => getComputedStyle(document.documentElement).backgroundColor !== '');
      await page.waitForTimeout(300);
      assert.equal(await page.locator('#root').evaluate((node) => node.childElementCount), 0);
      const early = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      assert.equal(await early(), ground);
      assert.equal(
        await page.evaluate(() => document.querySelector('meta[name=theme-color]').content),
        chosen === 'dark' ? '#14171a' : '#f6f8f9',
      );
      letGo();
      await reloaded;
      await heading(page, 'Appearance').waitFor();
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), ground);
      assert.deepEqual(unexpected(), []);
      await context.close();
    });

  it('nothing jumps while a page comes', async () => {
    const { page, context } = await visit('/overview');
    await page.addInitScript(() => {
      globalThis.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const [path, name] of [
      ['/appearance', 'Appearance'],
      ['/devices', 'Devices'],
    ]) {
      await page.goto(gateway.url + path);
      await heading(page, name).waitFor();
      await page.waitForTimeout(500);
      const shifts = await page.evaluate(() => globalThis.shifts);
      assert.ok(shifts < 0.02, `${path} shifted by ${shifts}`);
    }
    await context.close();
  });
});

describe('addresses', () => {
  it('back and forward go through pages, and scroll is where it was', async () => {
    const { page, context } = await visit('/overview', { height: 360 });
    await heading(page, 'Overview').waitFor();
    await page.getByText('This gateway').first().waitFor();
    await page.evaluate(() => scrollTo(0, 200));
    await page.waitForTimeout(200);
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await heading(page, 'Devices').waitFor();
    assert.equal(await page.evaluate(() => scrollY), 0, 'a new page begins at its top');
    await page.goBack();
    await heading(page, 'Overview').waitFor();
    await page.waitForFunction(() => scrollY === 200);
    await page.goForward();
    await heading(page, 'Devices').waitFor();
    assert.match(await page.title(), /^Devices · Clawgate$/);
    await context.close();
  });

  it('what does not exist says so and offers what is near', async () => {
    const { page, context, unexpected } = await visit('/devcies/old');
    await heading(page, 'There is no such page').waitFor();
    await page.getByText('/devcies/old').waitFor();
    assert.deepEqual(await faults(page, '404'), []);
    await page.screenshot({ path: `${SHOTS}/404.png` });
    await page
      .getByRole('navigation', { name: /Did you mean/ })
      .getByRole('link', { name: 'Devices' })
      .click();
    await heading(page, 'Devices').waitFor();
    assert.deepEqual(unexpected(), []);
    await context.close();
  });
});

describe('on a phone', () => {
  for (const scheme of ['light', 'dark'])
    it(`everything is within a thumb's reach, ${scheme}`, async () => {
      const { page, context, unexpected } = await visit('/overview', { width: 360, height: 740, scheme });
      await heading(page, 'Overview').waitFor();
      const tabs = page.getByRole('navigation', { name: 'Main' });
      for (const tab of await tabs.locator('a, button').all()) {
        const box = await tab.boundingBox();
        assert.ok(box.width >= 44 && box.height >= 44, `a tab of ${box.width} × ${box.height}`);
      }
      await tabs.getByRole('link', { name: 'Chat' }).tap();
      await composer(page).waitFor();

      await page.getByRole('button', { name: 'Open menu' }).tap();
      const drawer = page.getByRole('dialog', { name: 'Main' });
      await drawer.waitFor();
      await page.waitForTimeout(350);
      await page.screenshot({ path: `${SHOTS}/menu-360-${scheme}.png` });
      assert.deepEqual(await faults(page, 'drawer'), []);
      for (const link of await drawer.getByRole('link').all())
        assert.ok((await link.boundingBox()).height >= 44, 'large enough for a finger');

      await page.goBack();
      await drawer.waitFor({ state: 'detached' });
      assert.equal(at(page), '/chat', 'back closes the drawer and stays');

      await page.getByRole('button', { name: 'Open menu' }).tap();
      await drawer.getByRole('link', { name: 'Devices' }).tap();
      await heading(page, 'Devices').waitFor();
      await drawer.waitFor({ state: 'detached' });
      await page.goBack();
      await composer(page).waitFor();
      assert.equal(await drawer.count(), 0, 'back does not open the drawer again');
      assert.deepEqual(unexpected(), []);
      await context.close();
    });
});

describe('the sidebar', () => {
  it('folds, names what it shows only as pictures, and stays as it was left', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    const width = () => page.locator('.side').evaluate((node) => node.getBoundingClientRect().width);
    assert.ok((await width()) > 200);
    await page.getByRole('button', { name: 'Collapse the sidebar' }).click();
    assert.ok((await width()) < 70);
    await page.reload();
    await heading(page, 'Overview').waitFor();
    assert.ok((await width()) < 70);
    assert.deepEqual(await faults(page, 'narrow sidebar'), []);
    await page.getByRole('link', { name: 'Devices', exact: true }).hover();
    await page.locator('.tip').getByText('Devices').waitFor();
    await page.keyboard.press('[');
    assert.ok((await width()) > 200);
    await context.close();
  });
});

describe('news', () => {
  it('of a conversation that nobody looks at are counted in the title, the picture and the navigation', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    const before = await page.locator('link[rel=icon]').getAttribute('href');
    const sent = await page.request.post(`${gateway.url}/api/chat`, {
      data: { message: 'say:from elsewhere' },
    });
    assert.ok(sent.ok());
    await page.waitForFunction(() => /^\(\d+\) Overview/.test(document.title));
    await page.waitForFunction(() =>
      document.querySelector('link[rel=icon]').href.startsWith('data:image/png'),
    );
    assert.equal(before, '/favicon.svg');
    await page.getByRole('link', { name: /^Chat.*waiting$/ }).waitFor();
    await context.close();
  });
});

describe('the connection', () => {
  it('shows that the gateway is gone, when it tries again, and that it is back', async () => {
    const { page, context } = await visit('/overview');
    await heading(page, 'Overview').waitFor();
    await page.getByRole('img', { name: 'Connection: Connected' }).waitFor();
    await gateway.crash();
    await page.getByText('Connection to the gateway lost.').waitFor();
    await page.getByRole('button', { name: 'Retry now' }).waitFor();
    await page.getByRole('img', { name: /Connection: Reconnecting/ }).waitFor();
    await page.screenshot({ path: `${SHOTS}/reconnecting.png` });
    assert.deepEqual(await faults(page, 'reconnecting'), []);

    // A page that was not loaded yet waits, and opens by itself.
    await page.route(/AppearancePage.*\.js$/, (route) => route.abort('connectionrefused'));
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await heading(page, 'This page is not loaded yet').waitFor();
    await page.unroute(/AppearancePage.*\.js$/);
    await gateway.restart();
    await heading(page, 'Appearance').waitFor({ timeout: 30_000 });
    await page.getByRole('img', { name: 'Connection: Connected' }).waitFor();
    await page.getByText('Connection to the gateway lost.').waitFor({ state: 'detached' });
    await context.close();
  });

  it('that comes back says so, and what was missed is there', async () => {
    const { page, context } = await visit('/overview');
    await page.getByRole('img', { name: 'Connection: Connected' }).waitFor();
    await gateway.crash();
    await page.getByText('Connection to the gateway lost.').waitFor();
    await gateway.restart();
    const sent = await page.request.post(`${gateway.url}/api/chat`, {
      data: { message: 'say:missed meanwhile' },
    });
    assert.ok(sent.ok());
    await page.getByText('Connected again.').waitFor({ timeout: 30_000 });
    await page.getByText('Connected again.').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: /missed meanwhile/ }).waitFor();
    await context.close();
  });

  it('that is lost for good, because the token was revoked, leads to pairing', async () => {
    const { page, context } = await visit('/overview');
    await page.getByRole('img', { name: 'Connection: Connected' }).waitFor();
    const { devices } = await (await page.request.get(`${gateway.url}/api/devices`)).json();
    assert.ok((await page.request.delete(`${gateway.url}/api/devices/${devices[0].id}`)).ok());
    await heading(page, 'Pair this browser').waitFor();
    await page.getByText('This browser was signed out').waitFor();
    assert.doesNotMatch(await page.title(), /^\(/, 'nothing is counted for who may not see it');
    await context.close();
  });
});
