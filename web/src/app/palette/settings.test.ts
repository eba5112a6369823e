import { expect, it } from 'vitest';
import { settingsAnswering } from './settings';

const schema = {
  properties: {
    gateway: {
      properties: {
        port: { type: 'integer', title: 'Port', description: 'Where it listens; 0 = any.' },
        node: { type: 'string', title: 'Node', 'x-later': true },
      },
    },
    agent: { properties: { model: { type: 'string', title: 'Model', description: 'Which one answers.' } } },
  },
};
const keys = (typed: string) => settingsAnswering(schema, typed).map(({ key }) => key);

it('settings are found by title, by dotted name and by what they are for', () => {
  expect(keys('port')).toEqual(['gateway.port']);
  expect(keys('agent model')).toEqual(['agent.model']);
  expect(keys('listens')).toEqual(['gateway.port']);
  expect(keys('node')).toEqual([]);
  expect(settingsAnswering(undefined, 'port')).toEqual([]);
});
