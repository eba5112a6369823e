/** One event: what it says, where it belongs, and its JSON as the gateway sent it. */
import { ActionIcon, Button } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { t } from '@/i18n';
import { absoluteTime, preciseTime } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { Note } from '@/ui/Note';
import { Sheet } from '@/ui/Sheet';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import type { Go } from './EventsPage';
import { type EventSearch, factsOf, type Told, toneOf } from './search.logic';
import { typeName } from './words';

interface EventDetailsProps {
  id: number;
  event: Told | undefined;
  search: EventSearch;
  go: Go;
  onClose: () => void;
}

export function EventDetails({ id, event, search, go, onClose }: EventDetailsProps) {
  return (
    <Sheet label={t.events.event} side="right" className="event-sheet" onClose={onClose}>
      <div className="event-inside">
        <div className="event-head">
          <h2>{event ? typeName(event.type) : t.events.event}</h2>
          <ActionIcon variant="subtle" color="gray" {...tip(t.common.close)} onClick={onClose}>
            <IconX size={17} aria-hidden />
          </ActionIcon>
        </div>
        {event === undefined ? (
          <Note tone="warn">{t.events.gone}</Note>
        ) : (
          <>
            <div>
              <StatusBadge tone={toneOf(event)}>{event.type}</StatusBadge>
            </div>
            <dl className="facts">
              <div>
                <dt>{t.events.when}</dt>
                <dd>
                  {absoluteTime(event.timestamp)}{' '}
                  <span className="dimmed">({preciseTime(event.timestamp)})</span>
                </dd>
              </div>
              {event.session_id && (
                <div>
                  <dt>{t.events.session}</dt>
                  <dd>
                    <Link to="/chat/$session" params={{ session: event.session_id }}>
                      {t.events.openChat}
                    </Link>
                  </dd>
                </div>
              )}
              {event.turn_id && (
                <div>
                  <dt>{t.events.turn}</dt>
                  <dd className="event-links">
                    <Link to="/traces/$turn" params={{ turn: event.turn_id }}>
                      {t.events.openTrace}
                    </Link>
                    <Link to="/logs" search={{ turn: event.turn_id }}>
                      {t.events.itsLines}
                    </Link>
                  </dd>
                </div>
              )}
              {factsOf(event).map(([name, value]) => (
                <div key={name}>
                  <dt className="mono">{name}</dt>
                  <dd className="event-value">{value}</dd>
                </div>
              ))}
            </dl>
            <div className="event-buttons">
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconFilter size={16} aria-hidden />}
                onClick={() => go({ types: event.type })}
              >
                {t.events.onlyType}
              </Button>
              {event.session_id && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconFilter size={16} aria-hidden />}
                  onClick={() => go({ ...search, open: undefined, session: event.session_id ?? undefined })}
                >
                  {t.events.onlySession}
                </Button>
              )}
            </div>
            <CopyBlock text={JSON.stringify({ id, ...event }, null, 2)} label={t.events.raw} />
          </>
        )}
      </div>
    </Sheet>
  );
}
