/** Each part of the gateway: how it is, since when, why, and what to do about it. */
import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { $api } from '@/api/client';
import type { ComponentHealth } from '@/api/types';
import { t } from '@/i18n';
import { Panel } from '@/ui/Panel';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { adviceOn, isUnwell, partName, toneOf, verdictOf, wordOf } from './health.logic';

export function Health({ parts }: { parts: readonly ComponentHealth[] | undefined }) {
  return (
    <Panel title={t.overview.components} busy={!parts}>
      {!parts && <Skeleton h={168} />}
      {parts && (
        <ul className="parts">
          {parts.map((part) => (
            <Part key={part.name} part={part} />
          ))}
          <Examined />
        </ul>
      )}
    </Panel>
  );
}

function Part({ part }: { part: ComponentHealth }) {
  const advice = adviceOn(part.name, part.status);
  const unwell = isUnwell(part.status);
  return (
    <li className="part" data-tone={toneOf(part.status)}>
      <div className="part-head">
        <span className="part-name">{partName(part.name)}</span>
        <StatusBadge tone={toneOf(part.status)} dot>
          {wordOf(part.status)}
        </StatusBadge>
      </div>
      {unwell && (
        <>
          {part.reason && <p className="part-reason">{part.reason}</p>}
          <p className="part-advice">
            {t.overview.unwellSince} <RelativeTime at={part.since} />
          </p>
        </>
      )}
      {advice && <p className="part-advice">{advice}</p>}
      {unwell && part.name === 'provider' && (
        <Link to="/provider" className="part-fix">
          {t.overview.checkProvider}
        </Link>
      )}
    </li>
  );
}

/** What the doctor found when it last looked. */
function Examined() {
  const { data, isError } = $api.useQuery('get', '/api/doctor', {});
  const { tone, words } = verdictOf(data);
  if (isError && !data) return null;
  return (
    <li className="part" data-tone={tone} aria-busy={!data}>
      <div className="part-head">
        <Link to="/doctor" className="part-name">
          {t.nav.doctor}
        </Link>
        {data ? (
          <StatusBadge tone={tone} dot>
            {words}
          </StatusBadge>
        ) : (
          <Skeleton w={72} h={20} radius="xl" />
        )}
      </div>
      {data?.at && tone !== 'good' && (
        <p className="part-advice">
          {t.overview.examined} <RelativeTime at={data.at} />
        </p>
      )}
    </li>
  );
}
