#!/usr/bin/env node
// Makes assets/prices.json anew from the public table of list prices that it names as its source
// (pydantic/genai-prices, MIT):
//
//     node assets/refresh-prices.mjs [table.json]
//
// Without a file the table is fetched. Review the difference before it is committed.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE =
  'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data_slim.json';
const TARGET = fileURLToPath(new URL('prices.json', import.meta.url));

/** Their name for a provider, ours, and the hosts at which it sells. */
const PROVIDERS = [
  ['anthropic', 'anthropic', ['api.anthropic.com']],
  ['openai', 'openai', ['api.openai.com']],
  ['google', 'google', ['generativelanguage.googleapis.com']],
  ['mistral', 'mistral', ['api.mistral.ai']],
  ['deepseek', 'deepseek', ['api.deepseek.com']],
  ['x-ai', 'x-ai', ['api.x.ai']],
  ['groq', 'groq', ['api.groq.com']],
  ['cerebras', 'cerebras', ['api.cerebras.ai']],
  ['cohere', 'cohere', ['api.cohere.ai', 'api.cohere.com']],
  ['minimax', 'minimax', ['api.minimax.io', 'api.minimaxi.com']],
  ['moonshotai', 'moonshotai', ['api.moonshot.ai', 'api.moonshot.cn']],
  ['zai', 'z-ai', ['api.z.ai']],
];

/** Names that a model goes by; what ends in `*` is the beginning of one. */
function names(match) {
  if (match.or) return match.or.flatMap(names);
  if (match.equals) return [match.equals];
  if (match.starts_with) return [`${match.starts_with}*`];
  // Parts and patterns would need guessing; the id and the plain names are enough.
  return [];
}

/** A decimal as text, with six digits behind the point at most. */
const decimal = (number) => Number(number.toFixed(6)).toString();
const base = (price) => (typeof price === 'object' ? price.base : price);

function rates(prices, pick = base) {
  const [input, output, cached] = [prices.input_mtok, prices.output_mtok, prices.cache_read_mtok].map(
    (price) => price && pick(price),
  );
  return {
    input: decimal(input),
    ...(output && { output: decimal(output) }),
    ...(cached && { cached: decimal(cached) }),
  };
}

/** The price of calls with long prompts, where there is one. */
function long(prices) {
  const tier = prices.input_mtok?.tiers?.[0];
  if (!tier) return {};
  const pick = (price) => (typeof price === 'object' ? price.tiers[0].price : price);
  return { long: { above: tier.start, ...rates(prices, pick) } };
}

function entry(model, today) {
  // Several prices hold one after the other, by day; prices by the hour are none of ours, and
  // the dearest of them is the safe one.
  const all = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  const hourly = all.filter(({ constraint }) => constraint?.start_time);
  const begun = all.filter(({ constraint }) => !constraint || constraint.start_date <= today);
  const now = (hourly.at(-1) ?? begun.at(-1))?.prices;
  const next = all.find(({ constraint }) => constraint?.start_date > today);
  if (!now?.input_mtok || !base(now.input_mtok)) return undefined;
  const known = [...new Set([...names(model.match), ...(model.match.equals ? [] : [model.id])])];
  return {
    match: known.filter((name) => !known.includes(`${name}*`)),
    ...rates(now),
    ...long(now),
    ...(next && { later: { from: next.constraint.start_date, ...rates(next.prices) } }),
  };
}

const [file] = process.argv.slice(2);
const fetched = async () => {
  const answer = await fetch(SOURCE);
  if (!answer.ok) throw new Error(`${SOURCE} answered ${answer.status}`);
  return answer.json();
};
const table = file ? JSON.parse(readFileSync(file, 'utf8')) : await fetched();
const today = new Date().toISOString().slice(0, 10);
const providers = PROVIDERS.map(([theirs, id, hosts]) => {
  const found = table.find((provider) => provider.id === theirs);
  if (!found) throw new Error(`the table has no provider ${theirs}: has it been renamed?`);
  const models = found.models.map((model) => entry(model, today)).filter(Boolean);
  return { id, hosts, models };
});

const line = (value) => JSON.stringify(value).replaceAll('":', '": ').replaceAll(',"', ', "');
const blocks = providers.map(({ id, hosts, models }) =>
  [
    '    {',
    `      "id": ${line(id)},`,
    `      "hosts": ${line(hosts)},`,
    '      "models": [',
    models.map((model) => `        ${line(model)}`).join(',\n'),
    '      ]',
    '    }',
  ].join('\n'),
);
const about =
  'List prices of model providers in US dollars for a million tokens. Made by assets/refresh-prices.mjs.';
writeFileSync(
  TARGET,
  `{
  "about": ${line(about)},
  "source": ${line(SOURCE)},
  "as_of": ${line(today)},
  "providers": [
${blocks.join(',\n')}
  ]
}
`,
);
console.log(`${TARGET}: ${providers.reduce((sum, { models }) => sum + models.length, 0)} models`);
