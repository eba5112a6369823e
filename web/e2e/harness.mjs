// Starts what the end-to-end tests need: the gateway's binary, the scripted model server, a browser.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const BINARY = process.env.CLAWGATE_BIN ?? '../target/release/clawgate';
const MODEL_SERVER = process.env.MODEL_SERVER_BIN ?? '../target/release/examples/model-server';
const SEED = process.env.SEED_BIN ?? '../target/release/examples/seed';
const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SHOTS = '.shots';
mkdirSync(SHOTS, { recursive: true });

/** Starts a program and waits until its output holds what is looked for. */
async function start(program, args, env, ready) {
  assert.ok(existsSync(program), `${program} is missing: build it first`);
  const child = spawn(resolve(program), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const gone = new Promise((done) => child.once('exit', done));
  const found = new Promise((done, fail) => {
    const look = (text) => {
      output += text;
      const match = ready(output);
      if (match) done(match);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    gone.then((status) => fail(new Error(`${program} ended with ${status}:\n${output}`)));
    setTimeout(() => fail(new Error(`${program} is not ready:\n${output}`)), 20_000).unref();
  });
  const end = async (signal) => {
    child.kill(signal);
    await gone;
  };
  return { found: await found, end, output: () => output };
}

export async function startModel(...options) {
  const server = await start(
    MODEL_SERVER,
    ['--port', '0', ...options],
    { PATH: process.env.PATH },
    (output) => /listening on (http:\/\/\S+)/.exec(output),
  );
  const url = server.found[1];
  return {
    url,
    release: async (key) =>
      assert.ok((await fetch(`${url}/control/release/${key}`, { method: 'POST' })).ok, `release ${key}`),
    stop: () => server.end('SIGTERM'),
  };
}

/** Writes a conversation of so many turns into the database of a gateway that is not running; its id. */
export function seed(home, turns) {
  const database = join(home, 'clawgate.db');
  const done = spawnSync(resolve(SEED), [database, '--turns', String(turns)], { encoding: 'utf8' });
  assert.equal(done.status, 0, `${SEED}: ${done.error ?? done.stderr}`);
  return done.stdout.trim();
}

/** One gateway with a home of its own, which outlives `crash` and `restart`; without a model it has no provider. */
export async function startGateway(model, { prepare, remembers = false } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'clawgate-e2e-'));
  prepare?.(home);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CLAWGATE_HOME: home,
    ...(model && {
      CLAWGATE_PROVIDERS__MAIN__KIND: 'openai',
      CLAWGATE_PROVIDERS__MAIN__BASE_URL: `${model.url}/v1`,
      CLAWGATE_PROVIDERS__MAIN__API_KEY: 'test',
      CLAWGATE_AGENT__PROVIDER: 'main',
      CLAWGATE_AGENT__MODEL: 'scripted',
    }),
    // What one test says is nothing that the next one should be reminded of.
    CLAWGATE_MEMORY__AUTO_SAVE: String(remembers),
    CLAWGATE_GATEWAY__CHAT_RATE_LIMIT_PER_MINUTE: '0',
    CLAWGATE_GATEWAY__API_RATE_LIMIT_PER_MINUTE: '0',
  };
  const launch = (port) => {
    const ready = port === 0 ? /#code=([A-Z0-9-]+)/ : /POST \/pair/;
    return start(BINARY, ['--port', String(port)], env, (output) => {
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      const code = ready.exec(output);
      return url && code && { url, code: code[1] };
    });
  };
  let running = await launch(0);
  const { url, code } = running.found;
  const port = Number(new URL(url).port);
  return {
    url,
    code,
    home,
    crash: () => running.end('SIGKILL'),
    restart: async () => {
      running = await launch(port);
    },
    stop: async () => {
      await running.end('SIGTERM');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export const startBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A browser's profile: what it looks like, and the cookie it may bring along. */
export const newContext = (browser, { width = 1440, height = 900, scheme = 'light', state } = {}) =>
  browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    hasTouch: width < 600,
    isMobile: width < 600,
    storageState: state,
  });

/** A tab that writes down everything that must not happen in it. */
export async function newTab(context, gateway) {
  const page = await context.newPage();
  const problems = [];
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`),
    ),
  );
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url) && !/^(data|blob):/.test(request.url()))
      problems.push(`left home: ${request.url()}`);
  });
  // One stream for everything: browsers open no more than six connections to a host, over all tabs.
  const streams = new Set();
  const opened = (stream) => {
    streams.add(stream);
    if (streams.size > 1) problems.push(`${streams.size} long-lived connections at once`);
  };
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) streams.clear();
  });
  page.on('websocket', (socket) => {
    opened(socket);
    socket.on('close', () => streams.delete(socket));
    socket.on('socketerror', () => streams.delete(socket));
  });
  page.on('request', (request) => {
    if (request.resourceType() === 'eventsource') opened(request);
  });
  page.on('requestfailed', (request) => streams.delete(request));
  page.on('requestfinished', (request) => streams.delete(request));
  // Who is not paired is told so by a 401, and the browser writes every one of these down.
  const unexpected = () => problems.filter((problem) => !/status of 401/.test(problem));
  return { page, unexpected };
}

/** Pairs with the code that the banner showed, and hands the cookie on. */
export async function pairOnce(browser, gateway) {
  const context = await newContext(browser);
  const { page } = await newTab(context, gateway);
  await page.goto(`${gateway.url}/#code=${gateway.code}`);
  await page.getByRole('button', { name: 'Pair', exact: true }).click();
  await page.getByText('What can I do for you?').waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

export const composer = (page) => page.getByRole('textbox', { name: 'Message the agent' });

export async function say(page, text) {
  await composer(page).fill(text);
  await page.getByRole('button', { name: /^(Send|Add to the queue)$/ }).click();
}

export const lastAnswer = (page) => page.getByRole('article', { name: 'Agent' }).last();

/** The answer's own words, without what stands around them. */
export const answerText = async (page) => (await lastAnswer(page).locator('.md').innerText()).trim();

export const finished = (page) => lastAnswer(page).getByRole('button', { name: 'Copy answer' }).waitFor();

/** Words that tell where one is missing or came twice. */
export const numbered = (count) => Array.from({ length: count }, (_, place) => `w${place}`).join(' ');

/** Accessibility faults and sideways scrolling, in words. */
export async function faults(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  const found = violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`);
    return `${name}: ${id}: ${places.join(' ;; ')}`;
  });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return over > 0 ? [...found, `${name}: scrolls sideways by ${over} px`] : found;
}
