/** Everything that a line says, where it came from, and what to look at next. */
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconEye, IconEyeOff, IconTimeline } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { LogLine } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, preciseTime } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { Sheet } from '@/ui/Sheet';
import { tip } from '@/ui/Tips';
import { useLine } from './data';
import type { Go } from './LogsPage';
import { SheetHead } from './SheetHead';
import { around, fieldText, type LogSearch, withModule } from './search.logic';

interface LineDetailsProps {
  id: number;
  /** The line where the list has it. */
  line: LogLine | undefined;
  search: LogSearch;
  go: Go;
  previous: number | undefined;
  next: number | undefined;
  onOpen: (id: number | undefined) => void;
}

export function LineDetails({ id, line: known, search, go, previous, next, onOpen }: LineDetailsProps) {
  const asked = useLine(known ? undefined : id);
  const line = known ?? asked.data;
  const close = () => onOpen(undefined);
  const step = (to: number | undefined) => to !== undefined && onOpen(to);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp' || event.key === 'k') step(previous);
    else if (event.key === 'ArrowDown' || event.key === 'j') step(next);
    else return;
    event.preventDefault();
  };
  return (
    <Sheet label={t.logs.line} side="right" className="logs-sheet" onClose={close}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys work wherever the focus is in here */}
      <div className="logs-sheet-inside" onKeyDown={onKeyDown}>
        <SheetHead title={t.logs.line} onClose={close}>
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={previous === undefined}
            {...tip(t.logs.previous)}
            onClick={() => step(previous)}
          >
            <IconArrowUp size={17} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={next === undefined}
            {...tip(t.logs.next)}
            onClick={() => step(next)}
          >
            <IconArrowDown size={17} aria-hidden />
          </ActionIcon>
          <CopyButton value={location.href} label={t.logs.copyLink} size={17} />
        </SheetHead>
        {asked.isError && !line && <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />}
        {!known && asked.isPending && <Skeleton h={200} aria-busy="true" />}
        {line === null && <Note tone="warn">{t.logs.lineGone}</Note>}
        {line && <Says line={line} search={search} go={go} />}
      </div>
    </Sheet>
  );
}

function Says({ line, search, go }: { line: LogLine; search: LogSearch; go: Go }) {
  const [raw, setRaw] = useState(false);
  const fields = Object.entries(line.fields);
  const module = (how: 'only' | 'hidden') =>
    go({ ...search, open: undefined, target: withModule(search.target, line.target, how) });
  return (
    <>
      <p className="line-says" data-level={line.level}>
        <span className="log-level">{line.level}</span> {line.message}
      </p>
      <dl className="facts line-facts">
        <Fact name={t.logs.when}>
          <time dateTime={line.timestamp}>
            {absoluteTime(line.timestamp)} <span className="dimmed num">({preciseTime(line.timestamp)})</span>
          </time>
        </Fact>
        <Fact name={t.logs.module}>
          <span className="mono">{line.target}</span>
        </Fact>
        {line.session_id && (
          <Fact name={t.logs.session}>
            <Link to="/chat/$session" params={{ session: line.session_id }}>
              {t.logs.openChat}
            </Link>
            <Only onClick={() => go({ session: line.session_id })}>{t.logs.onlySession}</Only>
          </Fact>
        )}
        {line.turn_id && (
          <Fact name={t.logs.turn}>
            <Link to="/traces/$turn" params={{ turn: line.turn_id }}>
              {t.logs.openTrace}
            </Link>
            <Only onClick={() => go({ turn: line.turn_id })}>{t.logs.onlyTurn}</Only>
          </Fact>
        )}
        {line.request_id && (
          <Fact name={t.logs.request}>
            <span className="mono">{line.request_id}</span>
            <Only onClick={() => go({ request: line.request_id })}>{t.logs.onlyRequest}</Only>
          </Fact>
        )}
      </dl>
      {fields.length > 0 && (
        <>
          <h3 className="line-heading">{t.logs.fields}</h3>
          <ul className="line-fields">
            {fields.map(([name, value]) => (
              <li key={name}>
                <span className="line-field mono">{name}</span>
                <span className="line-value mono">{fieldText(value)}</span>
                <CopyButton value={fieldText(value)} label={t.logs.copyField(name)} />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  {...tip(t.logs.findField(name))}
                  onClick={() =>
                    go({
                      ...search,
                      open: undefined,
                      regex: undefined,
                      q: `${name}=${fieldText(value)}`.slice(0, 500),
                    })
                  }
                >
                  <IconEye size={15} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="logs-buttons">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconTimeline size={16} aria-hidden />}
          onClick={() => go(around(line))}
        >
          {t.logs.around}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          onClick={() => module('only')}
        >
          {t.logs.onlyThisModule}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconEyeOff size={16} aria-hidden />}
          onClick={() => module('hidden')}
        >
          {t.logs.hideThisModule}
        </Button>
      </div>
      <Button
        size="compact-sm"
        variant="subtle"
        className="line-raw"
        aria-expanded={raw}
        onClick={() => setRaw(!raw)}
      >
        {raw ? t.logs.hideRaw : t.logs.showRaw}
      </Button>
      {raw && <CopyBlock text={JSON.stringify(line, null, 2)} label={t.logs.raw} />}
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Only = ({ onClick, children }: { onClick: () => void; children: ReactNode }) => (
  <button type="button" className="line-only" onClick={onClick}>
    {children}
  </button>
);
