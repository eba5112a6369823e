/** One argument in a form, asked for in the way that suits what it may be. */
import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { t } from '@/i18n';
import { type Argument, type Fault, kindOf, typesOf } from './schema.logic';

interface FieldProps {
  field: Argument;
  value: string | boolean | undefined;
  fault: Fault | undefined;
  onChange: (value: string | boolean) => void;
}

const faultWords = (fault: Fault | undefined): string | undefined =>
  fault &&
  {
    needed: t.tools.needed,
    whole: t.tools.wholeNumber,
    number: t.tools.aNumber,
    json: t.tools.asJsonHint,
  }[fault];

export function ArgumentField({ field: { name, schema, required }, value, fault, onChange }: FieldProps) {
  const kind = kindOf(schema);
  const text = typeof value === 'string' ? value : '';
  const hint = { list: t.tools.onePerLine, json: t.tools.asJsonHint, mixed: t.tools.textOrJson } as const;
  const more = kind in hint ? hint[kind as keyof typeof hint] : undefined;
  const common = {
    label: <span className="mono">{name}</span>,
    description: [schema.description, more].filter(Boolean).join(' · ') || undefined,
    error: faultWords(fault),
    withAsterisk: required,
  };
  const typed = {
    ...common,
    value: text,
    spellCheck: false,
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  switch (kind) {
    case 'flag':
      return (
        <Checkbox
          label={common.label}
          description={common.description}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          {...common}
          value={text}
          data={[
            { value: '', label: t.tools.choose },
            ...(schema.enum ?? []).map((option) => ({ value: String(option), label: String(option) })),
          ]}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <TextInput
          {...typed}
          className="tool-number"
          inputMode={typesOf(schema)[0] === 'integer' && (schema.minimum ?? -1) >= 0 ? 'numeric' : 'text'}
        />
      );
    case 'text':
      return <TextInput {...typed} />;
    default:
      return <Textarea {...typed} className="tool-json" autosize minRows={3} maxRows={16} />;
  }
}
