/** What a memory is made of, to be filled in. */
import { Switch, Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import { t } from '@/i18n';
import { useCounts } from './data';
import { CATEGORIES, categoryName } from './words';

export interface Written {
  key: string;
  content: string;
  category: string;
  pinned: boolean;
}

interface FieldsProps {
  value: Written;
  /** The name may be left empty. */
  fresh?: boolean;
  onChange: (next: Written) => void;
}

export function Fields({ value, fresh, onChange }: FieldsProps) {
  const list = useId();
  const known = useCounts().data?.categories.map(({ name }) => name) ?? [];
  const names = [...new Set([...CATEGORIES, ...known])];
  return (
    <div className="memory-fields">
      <Textarea
        label={t.memory.contentLabel}
        description={fresh ? t.memory.contentHint : undefined}
        value={value.content}
        autosize
        minRows={3}
        maxRows={18}
        required
        withAsterisk={false}
        data-autofocus={fresh}
        onChange={(event) => onChange({ ...value, content: event.currentTarget.value })}
      />
      <div className="memory-names">
        <TextInput
          label={t.memory.keyLabel}
          placeholder={fresh ? t.memory.keyHint : undefined}
          value={value.key}
          maxLength={200}
          required={!fresh}
          withAsterisk={false}
          autoComplete="off"
          onChange={(event) => onChange({ ...value, key: event.currentTarget.value })}
        />
        <TextInput
          label={t.memory.categoryLabel}
          value={value.category}
          maxLength={64}
          list={list}
          autoComplete="off"
          onChange={(event) => onChange({ ...value, category: event.currentTarget.value })}
        />
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name}>
              {categoryName(name)}
            </option>
          ))}
        </datalist>
      </div>
      <Switch
        label={t.memory.pinLabel}
        checked={value.pinned}
        onChange={(event) => onChange({ ...value, pinned: event.currentTarget.checked })}
      />
    </div>
  );
}
