/** From when to when, in the clock of whoever looks. */
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { t } from '@/i18n';
import { Sheet } from '@/ui/Sheet';
import { SheetHead } from './SheetHead';
import type { LogSearch } from './search.logic';

interface TimeRangeProps {
  search: LogSearch;
  onRange: (from: string | undefined, to: string | undefined) => void;
  onClose: () => void;
}

/** As the browser's field for a moment wants it: local time without a zone. */
function local(moment: string | undefined): string {
  if (!moment) return '';
  const at = new Date(moment);
  const pad = (part: number) => String(part).padStart(2, '0');
  const date = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join('-');
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}
const moment = (text: string) => {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};

export function TimeRange({ search, onRange, onClose }: TimeRangeProps) {
  const [from, setFrom] = useState(local(search.from));
  const [to, setTo] = useState(local(search.to));
  const [begins, ends] = [moment(from), moment(to)];
  const turned = begins !== undefined && ends !== undefined && begins > ends;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (turned) return;
    if (begins === undefined && ends === undefined) onClose();
    else onRange(begins, ends);
  };
  return (
    <Sheet label={t.logs.custom} side="right" className="logs-sheet" onClose={onClose}>
      <form className="logs-sheet-inside" onSubmit={submit}>
        <SheetHead title={t.logs.custom} onClose={onClose} />
        <p className="dimmed">{t.logs.customHint}</p>
        <TextInput
          type="datetime-local"
          step={1}
          label={t.logs.from}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label={t.logs.to}
          value={to}
          error={turned && t.logs.turned}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <div className="logs-buttons">
          <Button type="submit">{t.logs.show}</Button>
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
