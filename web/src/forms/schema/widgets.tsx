/** The fields of a form made from a schema: one for each kind of setting. */
import { ActionIcon, Button, NativeSelect, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import { IconKey, IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { SchemaNode } from '@/api/configSchema';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { MASK, numberFault, readNumber, same } from './schema.logic';
import { inOtherWords, unitName } from './units';

export interface WidgetProps {
  id: string;
  label: string;
  node: SchemaNode;
  value: unknown;
  /** What describes it, for screen readers. */
  describedBy: string;
  error: string | undefined;
  /** Why it cannot be changed here. */
  why: string | undefined;
  /** Names that a reference may be to. */
  names: readonly string[];
  onChange: (value: unknown) => void;
}

/** Names what describes a field. The library's fields take that from their own descriptions alone, and drop any other. */
export function useDescribed(id: string, describedBy: string) {
  useLayoutEffect(() => document.getElementById(id)?.setAttribute('aria-describedby', describedBy));
}

const textOf = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const common = ({ id, error, why }: WidgetProps) => ({
  id,
  error: error !== undefined,
  readOnly: why !== undefined,
});

export function SwitchWidget(props: WidgetProps) {
  const on = props.value === true;
  return (
    <Switch
      id={props.id}
      size="md"
      checked={on}
      label={on ? t.settings.on : t.settings.off}
      disabled={props.why !== undefined}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

export function ChoiceWidget(props: WidgetProps) {
  const options = props.node.enum ?? [];
  const known = options.some((one) => same(one, props.value));
  return (
    <NativeSelect
      id={props.id}
      error={props.error !== undefined}
      disabled={props.why !== undefined}
      data={[
        ...(known ? [] : [{ value: textOf(props.value), label: textOf(props.value) }]),
        ...options.map((one) => ({ value: String(one), label: String(one).replaceAll('_', ' ') })),
      ]}
      value={textOf(props.value)}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        props.onChange(options.find((one) => String(one) === chosen) ?? chosen);
      }}
    />
  );
}

export function ProviderWidget(props: WidgetProps) {
  const value = textOf(props.value);
  const names = [...new Set(['', ...props.names, value])];
  return (
    <NativeSelect
      id={props.id}
      error={props.error !== undefined}
      disabled={props.why !== undefined}
      data={names.map((name) => ({ value: name, label: name === '' ? t.settings.byItself : name }))}
      value={value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function TextWidget(props: WidgetProps) {
  const kind = props.node['x-kind'];
  return (
    <TextInput
      {...common(props)}
      className={kind === 'text' ? undefined : 'mono'}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      inputMode={kind === 'url' ? 'url' : undefined}
      value={textOf(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function LongWidget(props: WidgetProps) {
  return (
    <Textarea
      {...common(props)}
      autosize
      minRows={3}
      maxRows={16}
      value={textOf(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

/** Every zone that the browser knows is offered; the gateway decides. */
export function ZoneWidget(props: WidgetProps) {
  const list = useId();
  return (
    <>
      <TextInput
        {...common(props)}
        autoComplete="off"
        spellCheck={false}
        list={list}
        placeholder={t.settings.machineZone}
        value={textOf(props.value)}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
      <datalist id={list}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

/** Keeps what was typed as it was typed: "1." is on its way to "1.5". */
export function NumberWidget(props: WidgetProps) {
  const { node, value, onChange } = props;
  const [typed, setTyped] = useState(textOf(value));
  const last = useRef(value);
  useEffect(() => {
    if (same(last.current, value)) return;
    last.current = value;
    setTyped(textOf(value));
  }, [value]);
  const unit = unitName(node['x-unit']);
  const words = inOtherWords(value, node['x-unit']);
  return (
    <div className="setting-number">
      <TextInput
        {...common(props)}
        className="num"
        inputMode={node.type === 'integer' ? 'numeric' : 'decimal'}
        autoComplete="off"
        value={typed}
        rightSection={unit && <span className="setting-unit">{unit}</span>}
        rightSectionWidth={unit ? 96 : undefined}
        rightSectionPointerEvents="none"
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          const next = readNumber(text, node) ?? '';
          last.current = next;
          onChange(next);
        }}
        onKeyDown={(event) => {
          const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (step === undefined || node.type !== 'integer' || typeof value !== 'number') return;
          event.preventDefault();
          const next = value + step;
          if (props.why === undefined && numberFault(next, node) === undefined) onChange(next);
        }}
      />
      {words && <span className="setting-words">= {words}</span>}
    </div>
  );
}

/** What a number may be, in words. */
export function rangeOf(node: SchemaNode): string | undefined {
  const { minimum, maximum } = node;
  if (minimum === undefined && maximum === undefined) return undefined;
  if (maximum === undefined) return t.settings.atLeast(count(minimum ?? 0));
  if (minimum === undefined) return t.settings.atMost(count(maximum));
  return t.settings.between(count(minimum), count(maximum));
}

/** A secret is set, replaced or cleared, and never shown. */
export function SecretWidget(props: WidgetProps) {
  const { value, onChange, why } = props;
  const saved = value === MASK;
  const typed = typeof value === 'string' && value !== '' && !saved;
  const [open, setOpen] = useState(typed);
  if (open)
    return (
      <div className="setting-secret">
        <PasswordInput
          {...common(props)}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          visibilityToggleButtonProps={{ 'aria-label': t.settings.showTyped }}
          placeholder={t.settings.newSecret}
          value={typed ? value : ''}
          onChange={(event) =>
            onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
          }
        />
        <Button
          variant="default"
          onClick={() => {
            onChange(undefined);
            setOpen(false);
          }}
        >
          {t.common.cancel}
        </Button>
      </div>
    );
  return (
    <div className="setting-secret">
      <StatusBadge tone={saved ? 'good' : 'off'}>
        <IconKey size={13} aria-hidden /> {saved ? t.settings.secretSet : t.settings.secretNone}
      </StatusBadge>
      <Button
        id={props.id}
        size="compact-sm"
        variant="default"
        aria-label={`${saved ? t.settings.replace : t.settings.set}: ${props.label}`}
        onClick={() => setOpen(true)}
        {...disabledBecause(why)}
      >
        {saved ? t.settings.replace : t.settings.set}
      </Button>
      {saved && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={`${t.settings.clear}: ${props.label}`}
          onClick={() => onChange(null)}
          {...disabledBecause(why)}
        >
          {t.settings.clear}
        </Button>
      )}
    </div>
  );
}

export function ListWidget(props: WidgetProps) {
  const { value, onChange, why, label } = props;
  const items = Array.isArray(value) ? value.map(textOf) : [];
  const box = useRef<HTMLUListElement>(null);
  const change = (place: number, text: string) =>
    onChange(items.map((item, at) => (at === place ? text : item)));
  const add = () => {
    onChange([...items, '']);
    requestAnimationFrame(() => box.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus());
  };
  return (
    <div className="setting-list" role="group" aria-label={label}>
      {items.length > 0 && (
        <ul ref={box}>
          {items.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an item is its place
            <li key={place}>
              <TextInput
                id={place === 0 ? props.id : undefined}
                className="mono"
                aria-label={t.settings.item(label, count(place + 1))}
                autoComplete="off"
                spellCheck={false}
                error={props.error !== undefined}
                readOnly={why !== undefined}
                value={item}
                onChange={(event) => change(place, event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || event.nativeEvent.isComposing || why !== undefined) return;
                  event.preventDefault();
                  add();
                }}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={32}
                {...tip(t.settings.removeItem(item || count(place + 1)))}
                onClick={() => onChange(items.filter((_, at) => at !== place))}
                {...disabledBecause(why)}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <Button
        id={items.length === 0 ? props.id : undefined}
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={15} aria-hidden />}
        aria-label={`${t.settings.addItem}: ${label}`}
        onClick={add}
        {...disabledBecause(why)}
      >
        {t.settings.addItem}
      </Button>
    </div>
  );
}

/** Whatever no other widget knows. */
export function JsonWidget(props: WidgetProps) {
  const { value, onChange } = props;
  const [text, setText] = useState(() => JSON.stringify(value ?? null, null, 2));
  const [torn, setTorn] = useState(false);
  const last = useRef(value);
  useEffect(() => {
    if (same(last.current, value)) return;
    last.current = value;
    setText(JSON.stringify(value ?? null, null, 2));
  }, [value]);
  return (
    <Textarea
      {...common(props)}
      className="mono"
      autosize
      minRows={3}
      maxRows={20}
      spellCheck={false}
      error={torn ? t.settings.notJson : props.error !== undefined}
      value={text}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        try {
          const next: unknown = JSON.parse(typed);
          last.current = next;
          setTorn(false);
          onChange(next);
        } catch {
          setTorn(true);
        }
      }}
    />
  );
}
