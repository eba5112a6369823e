import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import type { SchemaNode } from '@/api/configSchema';
import { leavesOf } from '@/api/configSchema';
import { SchemaField } from './SchemaForm';
import { type Edits, patchOf } from './schema.logic';

const SCHEMA: SchemaNode = {
  properties: {
    all: {
      properties: {
        on: { type: 'boolean', title: 'On', default: false },
        mode: { type: 'string', enum: ['slow', 'fast'], title: 'Mode', default: 'slow' },
        size: { type: 'integer', minimum: 1, maximum: 9, title: 'Size', default: 3, 'x-unit': 'seconds' },
        hosts: { type: 'array', items: { type: 'string' }, title: 'Hosts', default: [] },
        key: { type: 'string', writeOnly: true, title: 'Key' },
        zone: { type: ['string', 'null'], title: 'Zone' },
        when: {
          title: 'When',
          anyOf: [
            {
              type: 'object',
              required: ['kind', 'at'],
              properties: { kind: { const: 'daily' }, at: { type: 'string', title: 'At' } },
            },
            {
              type: 'object',
              required: ['kind', 'secs'],
              properties: {
                kind: { const: 'every' },
                secs: { type: 'integer', minimum: 5, title: 'Seconds' },
              },
            },
          ],
        },
        rules: {
          type: 'array',
          title: 'Rules',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string', title: 'Name' } },
          },
        },
        odd: { title: 'Odd' },
      },
    },
    providers: {
      title: 'Providers',
      additionalProperties: {
        required: ['kind'],
        properties: { kind: { type: 'string', enum: ['demo', 'openai'], title: 'Kind' } },
      },
    },
  },
};
const BASE = {
  all: { on: false, mode: 'slow', size: 3, hosts: [], key: '***MASKED***', rules: [] },
  providers: {},
};

let patch: Record<string, unknown>;
function Form({ why }: { why?: string }) {
  const [edits, setEdits] = useState<Edits>({});
  patch = patchOf(edits);
  return leavesOf(SCHEMA).map(({ key, node }) => (
    <SchemaField
      key={key}
      name={key}
      node={node}
      form={{
        edits,
        base: BASE,
        onEdits: setEdits,
        facts: () => ({ why }),
        faultOf: (name) => (name === 'all.mode' ? 'not today' : undefined),
        providers: [],
      }}
    />
  ));
}
const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
/** By its words alone: roles of a whole form take long to work out. */
const button = (name: string) =>
  screen.queryByLabelText(name) ??
  (screen.getAllByText(name, { selector: 'button *' }).at(-1) as HTMLElement);
const press = (name: string) => fireEvent.click(button(name));

it('every kind of node has a field, and what is changed becomes one patch', () => {
  render(<Form />, { wrapper: MantineProvider });
  fireEvent.click(screen.getByLabelText('On'));
  type('Mode', 'fast');
  type('Size', '5');
  press('Add: Hosts');
  type('Hosts, 1', 'a.example');
  press('Replace: Key');
  type('Key', 'new');
  fireEvent.click(screen.getByLabelText('Not set', { selector: 'input' }));
  fireEvent.change(screen.getByLabelText('Kind of When'), { target: { value: '1' } });
  type('Seconds', '60');
  press('Add: Rules');
  type('Name', 'first');
  type('Odd', '{"a": 1}');
  type('Providers: new name', 'home');
  press('Add');
  expect(patch).toEqual({
    all: {
      on: true,
      mode: 'fast',
      size: 5,
      hosts: ['a.example'],
      key: 'new',
      zone: '',
      when: { kind: 'every', secs: 60 },
      rules: [{ name: 'first' }],
      odd: { a: 1 },
    },
    providers: { home: { kind: 'demo' } },
  });
}, 30_000);

it('a number that cannot be is said at once, and other faults stand at their field', () => {
  render(<Form />, { wrapper: MantineProvider });
  type('Size', '12');
  const size = screen.getByLabelText('Size');
  expect(size).toHaveAttribute('aria-invalid', 'true');
  expect(screen.getAllByRole('alert').map((one) => one.textContent)).toEqual(['not today', '1 to 9']);
  expect(size.getAttribute('aria-describedby')).toContain('setting-all-size-fault');
  press('Take the change of “Size” back');
  expect(size).toHaveValue('3');
  expect(patch).toEqual({});
});

it('what may not be changed is shown and stays as it is', () => {
  render(<Form why="Set by the environment." />, { wrapper: MantineProvider });
  expect(screen.getByLabelText('Size')).toHaveAttribute('readonly');
  expect(screen.getByLabelText('On')).toBeDisabled();
  for (const name of ['Replace: Key', 'Remove: Key', 'Add: Hosts', 'Add: Rules']) {
    expect(button(name)).toHaveAttribute('aria-disabled', 'true');
    press(name);
  }
  expect(patch).toEqual({});
});
