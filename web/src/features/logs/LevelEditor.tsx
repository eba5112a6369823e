/** What goes into the log: the level of all modules, and of single ones, for a while or for good. */
import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { useRereadOn } from '@/api/reread';
import type { LevelChange, Levels } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { RelativeTime } from '@/ui/RelativeTime';
import { Sheet } from '@/ui/Sheet';
import { useLevels, useSetLevel, useTargets } from './data';
import { LONGS, type Long, ownLevels, WANTED, type Wanted } from './levels.logic';
import { SheetHead } from './SheetHead';

const NEWS = ['config_changed'] as const;
const PATHS = ['/api/logs/level'] as const;

export function LevelEditor({ onClose }: { onClose: () => void }) {
  useRereadOn(NEWS, PATHS);
  const levels = useLevels();
  return (
    <Sheet label={t.logs.levelsTitle} side="right" className="logs-sheet" onClose={onClose}>
      <div className="logs-sheet-inside">
        <SheetHead title={t.logs.levelsTitle} onClose={onClose} />
        <p className="dimmed">{t.logs.levelsSub}</p>
        <ReadOnlyNote scope="admin" />
        {levels.isError && !levels.data && (
          <ErrorNote error={levels.error} onRetry={() => void levels.refetch()} />
        )}
        {levels.isPending && <Skeleton h={220} aria-busy="true" />}
        {levels.data && <Editor levels={levels.data} />}
      </div>
    </Sheet>
  );
}

function Editor({ levels }: { levels: Levels }) {
  const whyNot = useWhyNot('admin');
  const set = useSetLevel();
  const modules = useTargets(true).data?.targets ?? [];
  const [long, setLong] = useState<Long>('restart');
  const [name, setName] = useState('');
  const [level, setLevel] = useState<Wanted>('debug');
  const known = useId();
  const own = ownLevels(levels);
  const all = levels.overrides.find(({ target }) => target === undefined);
  const change = (body: LevelChange, done?: () => void) => {
    if (whyNot === undefined) set.mutate(body, { onSuccess: done });
  };
  const take = (target: string | undefined) => change({ level: 'default', target, persist: false });
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) change({ level, target: name.trim(), ...LONGS[long] }, () => setName(''));
  };
  const options = WANTED.map((one) => ({ value: one, label: t.logs.levelNames[one] }));
  const wanted = (value: string) => WANTED.find((one) => one === value) ?? 'info';
  return (
    <>
      <NativeSelect
        label={t.logs.howLong}
        value={long}
        disabled={whyNot !== undefined}
        data={(Object.keys(LONGS) as Long[]).map((one) => ({ value: one, label: t.logs.longs[one] }))}
        onChange={(event) => setLong(event.currentTarget.value as Long)}
      />
      <div className="level-row">
        <NativeSelect
          className="level-all"
          label={t.logs.allModules}
          value={wanted(levels.level)}
          data={options}
          disabled={whyNot !== undefined}
          onChange={(event) => change({ level: wanted(event.currentTarget.value), ...LONGS[long] })}
        />
        {all && <TakeBack what={t.logs.allModules} until={all.until} onClick={() => take(undefined)} />}
      </div>
      <h3 className="line-heading">{t.logs.ownLevels}</h3>
      {own.length === 0 && <p className="dimmed">{t.logs.noOwnLevels}</p>}
      <ul className="modules">
        {own.map((one) => (
          <li key={one.target} className="module level-row">
            <span className="mono module-name">{one.target}</span>
            <NativeSelect
              aria-label={t.logs.levelOf(one.target)}
              value={wanted(one.level)}
              data={options}
              disabled={whyNot !== undefined}
              onChange={(event) =>
                change({ level: wanted(event.currentTarget.value), target: one.target, ...LONGS[long] })
              }
            />
            {one.override && (
              <TakeBack what={one.target} until={one.until} onClick={() => take(one.target)} />
            )}
          </li>
        ))}
      </ul>
      <form className="level-add" onSubmit={add}>
        <TextInput
          label={t.logs.addModule}
          placeholder="clawgate::agent"
          value={name}
          list={known}
          maxLength={200}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          disabled={whyNot !== undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <datalist id={known}>
          {modules.map((one) => (
            <option key={one.target} value={one.target} />
          ))}
        </datalist>
        <NativeSelect
          aria-label={t.logs.level}
          value={level}
          data={options}
          disabled={whyNot !== undefined}
          onChange={(event) => setLevel(wanted(event.currentTarget.value))}
        />
        <Button type="submit" variant="default" loading={set.isPending} {...disabledBecause(whyNot)}>
          {t.logs.setLevel}
        </Button>
      </form>
      {set.isError && <ErrorNote error={set.error} />}
      <dl className="facts line-facts">
        <div>
          <dt>{t.logs.effective}</dt>
          <dd className="mono">{levels.effective}</dd>
        </div>
        <div>
          <dt>{t.logs.configured}</dt>
          <dd className="mono">{levels.configured}</dd>
        </div>
      </dl>
    </>
  );
}

interface TakeBackProps {
  what: string;
  until: string | undefined;
  onClick: () => void;
}

const TakeBack = ({ what, until, onClick }: TakeBackProps) => (
  <span className="level-until">
    {until ? (
      <>
        {t.logs.ends} <RelativeTime at={until} />
      </>
    ) : (
      t.logs.untilRestart
    )}
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconArrowBackUp size={15} aria-hidden />}
      aria-label={t.logs.takeBackOf(what)}
      onClick={onClick}
    >
      {t.logs.takeBack}
    </Button>
  </span>
);
