/** Nodes that hold others: objects, lists of anything, maps, and values of one of several shapes. */
import { ActionIcon, Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ComponentType, useId, useState } from 'react';
import { isMap, type SchemaNode } from '@/api/configSchema';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { beginning, fits, shapeName, shapesOf, valueIn, type Widget, widgetOf } from './schema.logic';
import {
  ChoiceWidget,
  JsonWidget,
  ListWidget,
  LongWidget,
  NumberWidget,
  ProviderWidget,
  SecretWidget,
  SwitchWidget,
  TextWidget,
  useDescribed,
  type WidgetProps,
  ZoneWidget,
} from './widgets';

const WIDGETS: Record<Widget, ComponentType<WidgetProps>> = {
  switch: SwitchWidget,
  choice: ChoiceWidget,
  number: NumberWidget,
  text: TextWidget,
  long: LongWidget,
  secret: SecretWidget,
  list: ListWidget,
  zone: ZoneWidget,
  provider: ProviderWidget,
  json: JsonWidget,
  object: ObjectNode,
  items: ItemsNode,
  map: MapNode,
  union: UnionNode,
};

/** The field for a node, whatever it is; `name` helps to tell long texts from short ones. */
export function NodeField({ name, ...props }: WidgetProps & { name: string }) {
  const Field = WIDGETS[widgetOf(name, props.node)];
  useDescribed(props.id, props.describedBy);
  return <Field {...props} />;
}

interface InnerProps {
  parent: WidgetProps;
  name: string;
  node: SchemaNode;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A field inside another, with its own name beside it. */
function Inner({ parent, name, node, value, onChange }: InnerProps) {
  const id = useId();
  const about = useId();
  const label = node.title ?? name;
  return (
    <div className="node-inner">
      <label className="setting-title" htmlFor={id}>
        {label}
      </label>
      <div id={about} className="setting-about">
        {node.description}
      </div>
      <NodeField
        {...parent}
        id={id}
        name={name}
        label={label}
        node={node}
        value={value}
        describedBy={about}
        error={undefined}
        onChange={onChange}
      />
    </div>
  );
}

function ObjectNode(props: WidgetProps) {
  const { node, value, onChange } = props;
  const whole = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return (
    <div className="node" role="group" id={props.id} aria-label={props.label}>
      {Object.entries(node.properties ?? {})
        // It tells the shape apart and is chosen with it.
        .filter(([, inner]) => inner.const === undefined)
        .map(([name, inner]) => (
          <Inner
            key={name}
            parent={props}
            name={name}
            node={inner}
            value={whole[name] ?? inner.default}
            onChange={(next) => {
              const { [name]: _, ...others } = whole;
              onChange(next === undefined ? others : { ...others, [name]: next });
            }}
          />
        ))}
    </div>
  );
}

function ItemsNode(props: WidgetProps) {
  const { node, value, onChange, why, label } = props;
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const inner = node.items ?? {};
  return (
    <div className="node" role="group" id={props.id} aria-label={label}>
      {items.map((item, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item is its place
        <div key={place} className="node-item">
          <Inner
            parent={props}
            name={label}
            node={{ ...inner, title: inner.title ?? t.settings.item(label, count(place + 1)) }}
            value={item}
            onChange={(next) => onChange(items.map((other, at) => (at === place ? next : other)))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            {...tip(t.settings.removeItem(t.settings.item(label, count(place + 1))))}
            onClick={() => onChange(items.filter((_, at) => at !== place))}
            {...disabledBecause(why)}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        className="node-add"
        leftSection={<IconPlus size={15} aria-hidden />}
        aria-label={`${t.settings.addItem}: ${label}`}
        onClick={() => onChange([...items, beginning(inner)])}
        {...disabledBecause(why)}
      >
        {t.settings.addItem}
      </Button>
    </div>
  );
}

function MapNode(props: WidgetProps) {
  const { node, value, onChange, why, label } = props;
  const [adding, setAdding] = useState('');
  const whole = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const inner = isMap(node) ? node.additionalProperties : {};
  const wanted = adding.trim();
  const fitting = wanted !== '' && !Object.hasOwn(whole, wanted);
  const add = () => {
    if (!fitting || why !== undefined) return;
    onChange({ ...whole, [wanted]: beginning(inner) });
    setAdding('');
  };
  return (
    <div className="node" role="group" id={props.id} aria-label={label}>
      {Object.entries(whole).map(([name, own]) => (
        <div key={name} className="node-item">
          <Inner
            parent={props}
            name={name}
            node={{ ...inner, title: name }}
            value={own}
            onChange={(next) => onChange({ ...whole, [name]: next })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            {...tip(t.settings.removeItem(name))}
            onClick={() => {
              const { [name]: _, ...others } = whole;
              onChange(others);
            }}
            {...disabledBecause(why)}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div className="setting-add">
        <TextInput
          aria-label={t.settings.newName(label)}
          placeholder={t.settings.newName(label)}
          autoComplete="off"
          spellCheck={false}
          readOnly={why !== undefined}
          value={adding}
          onChange={(event) => setAdding(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            event.preventDefault();
            add();
          }}
        />
        <Button
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          disabled={!fitting}
          onClick={add}
          {...disabledBecause(why)}
        >
          {t.settings.addItem}
        </Button>
      </div>
    </div>
  );
}

/** One of several shapes, or none at all. */
function UnionNode(props: WidgetProps) {
  const { node, value, onChange, why, label } = props;
  const inner = useId();
  const { shapes, nullable } = shapesOf(node);
  const at = value === null || value === undefined ? -1 : shapes.findIndex((shape) => fits(shape, value));
  const shape = shapes[at];
  const [only] = shapes;
  return (
    <div className="node" role="group" aria-label={label}>
      {shapes.length === 1 && only ? (
        <Switch
          id={props.id}
          label={shape ? t.settings.set : t.settings.useDefault}
          checked={shape !== undefined}
          disabled={why !== undefined}
          onChange={(event) => onChange(event.currentTarget.checked ? beginning(only) : null)}
        />
      ) : (
        <NativeSelect
          id={props.id}
          aria-label={t.settings.shape(label)}
          disabled={why !== undefined}
          value={String(at)}
          data={[
            ...(nullable || at === -1 ? [{ value: '-1', label: t.settings.useDefault }] : []),
            ...shapes.map((one, place) => ({ value: String(place), label: shapeName(one) })),
          ]}
          onChange={(event) => {
            const chosen = shapes[Number(event.currentTarget.value)];
            onChange(chosen ? carried(chosen, value) : null);
          }}
        />
      )}
      {shape && <NodeField {...props} key={at} id={inner} name={label} node={shape} />}
    </div>
  );
}

/** What the shapes have in common is kept when one takes the other's place. */
function carried(shape: SchemaNode, value: unknown): unknown {
  const begun = beginning(shape);
  if (typeof begun !== 'object' || begun === null || Array.isArray(begun)) return begun;
  const kept = Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => {
    const own = valueIn(value, name);
    return own !== undefined && inner.const === undefined && fits(inner, own) ? [[name, own] as const] : [];
  });
  return { ...begun, ...Object.fromEntries(kept) };
}
