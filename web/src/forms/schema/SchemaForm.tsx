/** A form drawn from a JSON Schema: it has a field for every node, a JSON editor for one that it does not know. */
import './schema.css';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { isMap, leavesOf, type SchemaNode } from '@/api/configSchema';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { NodeField } from './nodes';
import {
  type Edits,
  namesIn,
  numberFault,
  same,
  shownValue,
  type Widget,
  widgetOf,
  withEdit,
  withoutBelow,
} from './schema.logic';
import { rangeOf } from './widgets';
import { wordsOf } from './words';

/** What is known of a setting besides its schema. */
export interface FieldFacts {
  /** Why it cannot be changed here. */
  why?: string;
  /** The same, where it is this setting's own reason and so is said beside it. */
  fixed?: string;
  /** Its dotted name as a link to it. */
  link?: ReactNode;
  /** Where its value comes from, in words. */
  origin?: ReactNode;
  /** What else is to be said: waits for a restart, and the like. */
  badges?: ReactNode;
  /** It stands somewhere, so that it can go back to its default. */
  given?: boolean;
}

export interface FormContext {
  edits: Edits;
  base: unknown;
  onEdits: (next: Edits) => void;
  facts: (key: string) => FieldFacts;
  faultOf: (key: string) => string | undefined;
  /** Names that a reference to a provider may be to. */
  providers: readonly string[];
  /** The setting that the address names. */
  open?: string;
}

export const fieldId = (key: string) => `setting-${key.replaceAll('.', '-')}`;

interface FieldProps {
  name: string;
  node: SchemaNode;
  form: FormContext;
}

/** A setting: its name, what it is for, its field, where its value comes from. */
export function SchemaField({ name, node, form }: FieldProps) {
  const described = useId();
  const kind = widgetOf(name, node);
  if (kind === 'map') return <MapField name={name} node={node} form={form} />;
  const { edits, base, onEdits } = form;
  const facts = form.facts(name);
  const value = shownValue(name, node, edits, base);
  const edited = Object.hasOwn(edits, name);
  const { title, about } = wordsOf(name, node);
  const fault = localFault(kind, value, node) ?? form.faultOf(name);
  const id = fieldId(name);
  const change = (next: unknown) => {
    const { [name]: _, ...others } = edits;
    onEdits(next === undefined ? others : withEdit(edits, name, next, base));
  };
  const atDefault = node.default !== undefined && same(value, node.default);
  const canReset = facts.why === undefined && !edited && facts.given === true && node.default !== undefined;
  return (
    <div
      className="setting"
      data-edited={edited || undefined}
      data-open={form.open === name || undefined}
      id={`${id}-row`}
    >
      <div className="setting-head">
        <label className="setting-title" htmlFor={id}>
          {title}
        </label>
        {edited && <StatusBadge tone="info">{t.settings.modified}</StatusBadge>}
        {facts.badges}
        <span className="setting-actions">
          {edited && (
            <ActionIcon
              variant="subtle"
              color="gray"
              {...tip(t.settings.takeBack(title))}
              onClick={() => change(undefined)}
            >
              <IconArrowBackUp size={17} stroke={1.7} aria-hidden />
            </ActionIcon>
          )}
          {canReset && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              aria-label={t.settings.resetOf(title)}
              onClick={() => change(null)}
            >
              {t.settings.reset}
            </Button>
          )}
        </span>
      </div>
      <div id={described} className="setting-about">
        {about}
        {facts.fixed && <span className="setting-why">{facts.fixed}</span>}
      </div>
      <div className="setting-field">
        <NodeField
          id={id}
          name={name}
          label={title}
          node={node}
          value={value}
          describedBy={fault ? `${described} ${id}-fault` : described}
          error={fault}
          why={facts.why}
          names={form.providers}
          onChange={change}
        />
        {fault && (
          <p id={`${id}-fault`} role="alert" className="setting-fault">
            {fault}
          </p>
        )}
      </div>
      <div className="setting-foot">
        {facts.link ?? <code>{name}</code>}
        {facts.origin && <span>{facts.origin}</span>}
        {node.default !== undefined && !atDefault && (
          <span>{t.settings.defaultIs(sayValue(node.default))}</span>
        )}
        {kind === 'number' && <span>{rangeOf(node)}</span>}
      </div>
    </div>
  );
}

/** A value in a few words. */
export function sayValue(value: unknown): string {
  if (value === undefined || value === null) return t.settings.nothing;
  if (typeof value === 'boolean') return value ? t.settings.on : t.settings.off;
  if (Array.isArray(value)) return value.length === 0 ? t.settings.empty : value.map(sayValue).join(', ');
  if (value === '') return t.settings.empty;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function localFault(kind: Widget, value: unknown, node: SchemaNode): string | undefined {
  if (kind !== 'number') return undefined;
  const fault = numberFault(value, node);
  if (fault === undefined) return undefined;
  if (fault === 'low' || fault === 'high') return rangeOf(node);
  return fault === 'whole' ? t.settings.wholeNumber : t.settings.aNumber;
}

/** As many of the same kind as one likes, each with a name of its owner's choice. */
function MapField({ name, node, form }: FieldProps) {
  const [adding, setAdding] = useState('');
  if (!isMap(node)) return null;
  const inner = node.additionalProperties;
  const { edits, base, onEdits } = form;
  const names = namesIn(name, edits, base);
  const why = form.facts(name).why;
  const pattern = node.propertyNames?.pattern;
  const wanted = adding.trim();
  const fits = wanted !== '' && !names.includes(wanted) && (!pattern || new RegExp(pattern).test(wanted));
  const required = inner.required ?? [];
  const add = () => {
    if (!fits) return;
    let next: Edits = withoutBelow(edits, `${name}.${wanted}`);
    for (const part of required) {
      const first = inner.properties?.[part];
      next = withEdit(next, `${name}.${wanted}.${part}`, first?.enum?.[0] ?? first?.default ?? '', base);
    }
    onEdits(next);
    setAdding('');
  };
  const gone = Object.entries(edits).filter(
    ([key, value]) =>
      value === null && key.startsWith(`${name}.`) && key.split('.').length === name.split('.').length + 1,
  );
  return (
    <div className="setting-map" id={`${fieldId(name)}-row`}>
      {names.map((one) => (
        <details
          key={one}
          className="setting-entry"
          open={form.open?.startsWith(`${name}.${one}.`) || undefined}
        >
          <summary>
            <span className="mono">{one}</span>
          </summary>
          <div className="setting-entry-body">
            {leavesOf(inner, `${name}.${one}`).map((leaf) => (
              <SchemaField key={leaf.key} name={leaf.key} node={leaf.node} form={form} />
            ))}
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() =>
                onEdits(withEdit(withoutBelow(edits, `${name}.${one}`), `${name}.${one}`, null, base))
              }
              {...disabledBecause(why)}
            >
              {t.settings.removeEntry(one)}
            </Button>
          </div>
        </details>
      ))}
      {gone.map(([key]) => (
        <div key={key} className="setting-gone">
          <del className="mono">{key.slice(name.length + 1)}</del>
          <Button size="compact-sm" variant="default" onClick={() => onEdits(withoutBelow(edits, key))}>
            {t.common.undo}
          </Button>
        </div>
      ))}
      <form
        className="setting-add"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextInput
          aria-label={t.settings.newName(node.title ?? name)}
          placeholder={t.settings.newName(node.title ?? name)}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          readOnly={why !== undefined}
          error={wanted !== '' && !fits}
          value={adding}
          onChange={(event) => setAdding(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          disabled={!fits}
          {...disabledBecause(why)}
        >
          {t.settings.addItem}
        </Button>
      </form>
    </div>
  );
}
