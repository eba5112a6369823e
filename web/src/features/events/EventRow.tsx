/** One event in the list. */
import { t } from '@/i18n';
import { preciseTime } from '@/i18n/format';
import type { EventEntry } from './data';
import { factsOf, toneOf } from './search.logic';
import { typeName } from './words';

export function EventRow({ entry }: { entry: EventEntry }) {
  const event = entry.value;
  if (event === undefined)
    return (
      <span className="event-gap">
        {entry.missed === null ? t.events.gapUnknown : t.events.gap(entry.missed ?? 0)}
      </span>
    );
  return (
    <span className="event-row" data-tone={toneOf(event)}>
      <time className="event-time mono" dateTime={event.timestamp}>
        {preciseTime(event.timestamp)}
      </time>
      <span className="event-type">
        <span className="status-dot" aria-hidden />
        {typeName(event.type)}
      </span>
      <span className="event-facts">
        {factsOf(event).map(([name, value]) => (
          <span key={name}>
            <span className="event-name">{name}</span> {value}
          </span>
        ))}
      </span>
    </span>
  );
}
