/** What a tool takes, argument by argument, with what each may be. */
import { t } from '@/i18n';
import { count, list } from '@/i18n/format';
import { argumentsOf, type Schema, typesOf } from './schema.logic';

export function Arguments({ schema }: { schema: Schema }) {
  const all = argumentsOf(schema);
  if (all.length === 0) return <p className="tool-none">{t.tools.noArguments}</p>;
  return (
    <ul className="tool-args">
      {all.map(({ name, schema, required }) => (
        <li key={name} className="tool-arg">
          <p className="tool-arg-head">
            <span className="mono tool-arg-name">{name}</span>
            <span className="tool-arg-type">{typeWords(schema)}</span>
            {required && <span className="badge">{t.tools.required}</span>}
          </p>
          {schema.description && <p className="tool-arg-words">{schema.description}</p>}
          <Bounds schema={schema} />
          <Inner schema={schema} />
        </li>
      ))}
    </ul>
  );
}

function Inner({ schema }: { schema: Schema }) {
  const inner = schema.properties ? schema : schema.items?.properties ? schema.items : undefined;
  return inner ? <Arguments schema={inner} /> : null;
}

export function typeWords(schema: Schema): string {
  const words = typesOf(schema).map((type) => t.tools.types[type] ?? type);
  if (schema.type === 'array' && schema.items?.type !== undefined)
    return t.tools.listOf(typeWords(schema.items));
  return list(words, 'disjunction');
}

function Bounds({ schema }: { schema: Schema }) {
  const { minimum: low, maximum: high, maxLength, maxItems } = schema;
  const words = [
    schema.enum && t.tools.oneOf(list(schema.enum.map(String), 'disjunction')),
    low !== undefined && high !== undefined
      ? t.tools.between(count(low), count(high))
      : low !== undefined
        ? t.tools.atLeast(count(low))
        : high !== undefined && t.tools.atMost(count(high)),
    maxLength !== undefined && t.tools.letters(count(maxLength)),
    maxItems !== undefined && t.tools.items(count(maxItems)),
    schema.default !== undefined && `${t.tools.unset}${JSON.stringify(schema.default)}`,
  ].filter((one): one is string => typeof one === 'string');
  return words.length > 0 ? <p className="tool-arg-bounds">{words.join(' · ')}</p> : null;
}
