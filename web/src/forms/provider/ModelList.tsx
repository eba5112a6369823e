/** A provider's models, to search and choose one of. */
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { t } from '@/i18n';
import { StatusBadge } from '@/ui/StatusBadge';
import { matching } from './connect.logic';

export interface ModelListProps {
  models: string[];
  suggested: string | undefined;
  value: string;
  onChange: (id: string) => void;
}

/** Fewer than this are seen at a glance. */
const SEARCHED_FROM = 7;

export function ModelList({ models, suggested, value, onChange }: ModelListProps) {
  const [typed, setTyped] = useState('');
  const group = useId();
  const { shown, more, own } = matching(models, typed, suggested);
  const byHand = models.length === 0;
  return (
    <div className="models">
      {(models.length >= SEARCHED_FROM || byHand) && (
        <TextInput
          label={byHand ? t.provider.modelByHand : undefined}
          aria-label={byHand ? undefined : t.provider.modelSearch}
          placeholder={byHand ? t.provider.modelByHandHint : t.provider.modelSearchHint(models.length)}
          leftSection={byHand ? undefined : <IconSearch size={16} stroke={1.7} aria-hidden />}
          value={typed}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          size="md"
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            if (byHand) onChange(event.currentTarget.value.trim());
          }}
        />
      )}
      {!byHand && (
        <div className="models-list" role="radiogroup" aria-label={t.provider.model}>
          {shown.map((id) => (
            <Row key={id} group={group} id={id} chosen={id === value} onChoose={onChange}>
              {id === suggested && <StatusBadge tone="good">{t.provider.suggested}</StatusBadge>}
            </Row>
          ))}
          {own && (
            <Row group={group} id={own} chosen={own === value} onChoose={onChange}>
              <span className="dimmed">{t.provider.modelOwn}</span>
            </Row>
          )}
          {more > 0 && <p className="models-more">{t.provider.modelsMore(more)}</p>}
        </div>
      )}
    </div>
  );
}

interface RowProps {
  group: string;
  id: string;
  chosen: boolean;
  onChoose: (id: string) => void;
  children?: React.ReactNode;
}

const Row = ({ group, id, chosen, onChoose, children }: RowProps) => (
  <label className="model" data-chosen={chosen || undefined}>
    <input type="radio" name={group} value={id} checked={chosen} onChange={() => onChoose(id)} />
    <span className="model-id">{id}</span>
    {children}
  </label>
);
