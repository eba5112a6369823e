/** One line of the list; what is missing before it, and where a day begins. */
import { t } from '@/i18n';
import { day, preciseTime } from '@/i18n/format';
import { fieldText, type LogSearch, pieces, shortTarget } from './search.logic';
import type { LogEntry } from './session';

interface LogRowProps {
  entry: LogEntry;
  before: LogEntry | undefined;
  search: LogSearch;
}

/** Fields that say in the list what a column says already, or nothing. */
const OWN_PLACE = ['line'];

export function LogRow({ entry, before, search }: LogRowProps) {
  const line = entry.value;
  if (line === undefined)
    return (
      <span className="log-gap">
        {entry.missed === null ? t.logs.gapUnknown : t.logs.gap(entry.missed ?? 0)}
      </span>
    );
  const today = day(line.timestamp);
  const begins = before?.value !== undefined && day(before.value.timestamp) !== today;
  const fields = Object.entries(line.fields).filter(([name]) => !OWN_PLACE.includes(name));
  return (
    <>
      {begins && <span className="log-day">{today}</span>}
      <span className="log-row" data-level={line.level}>
        <time className="log-time mono" dateTime={line.timestamp}>
          {preciseTime(line.timestamp)}
        </time>
        <span className="log-level">{line.level}</span>
        <span className="log-target mono">{shortTarget(line.target)}</span>
        <span className="log-says">
          <Text text={line.message} search={search} />
          {fields.map(([name, value]) => (
            <span key={name} className="log-field">
              {' '}
              <span className="log-name">{name}=</span>
              <Text text={fieldText(value)} search={search} />
            </span>
          ))}
        </span>
      </span>
    </>
  );
}

const Text = ({ text, search }: { text: string; search: LogSearch }) =>
  pieces(text, search).map((piece) => (piece.hit ? <mark key={piece.at}>{piece.text}</mark> : piece.text));
