/** The modules that write to the log: each shown alone, hidden, or neither. */
import { Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '@/i18n';
import { shortCount } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import { Sheet } from '@/ui/Sheet';
import { useTargets } from './data';
import { SheetHead } from './SheetHead';
import { modulesOf, withModule } from './search.logic';

interface ModulesProps {
  target: string | undefined;
  onTarget: (target: string | undefined) => void;
  onClose: () => void;
}

export function Modules({ target, onTarget, onClose }: ModulesProps) {
  const found = useTargets(true);
  const [words, setWords] = useState('');
  const { only, hidden } = modulesOf(target);
  const named = [...only, ...hidden].map((name) => ({ target: name, lines: 0 }));
  const known = found.data?.targets ?? [];
  const all = [...named.filter((one) => !known.some((other) => other.target === one.target)), ...known];
  const shown = all.filter((one) => one.target.includes(words.trim()));
  return (
    <Sheet label={t.logs.modules} side="right" className="logs-sheet" onClose={onClose}>
      <div className="logs-sheet-inside">
        <SheetHead title={t.logs.modules} onClose={onClose} />
        <TextInput
          type="search"
          aria-label={t.logs.findModule}
          placeholder={t.logs.findModule}
          value={words}
          leftSection={<IconSearch size={16} aria-hidden />}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {found.isError && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
        {found.isPending && <Skeleton h={240} aria-busy="true" />}
        {found.data && shown.length === 0 && <p className="dimmed">{t.logs.noModule}</p>}
        <ul className="modules">
          {shown.map((one) => (
            <li key={one.target} className="module">
              <span className="mono module-name">{one.target}</span>
              <span className="num dimmed">{shortCount(one.lines)}</span>
              {(['only', 'hidden'] as const).map((how) => {
                const on = (how === 'only' ? only : hidden).includes(one.target);
                return (
                  <button
                    key={how}
                    type="button"
                    className="logs-chip"
                    aria-pressed={on}
                    aria-label={t.logs.howModule[how](one.target)}
                    onClick={() => onTarget(withModule(target, one.target, on ? undefined : how))}
                  >
                    {t.logs.how[how]}
                  </button>
                );
              })}
            </li>
          ))}
        </ul>
      </div>
    </Sheet>
  );
}
