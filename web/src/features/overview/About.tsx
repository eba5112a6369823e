/** Which gateway this is: versions, address, where its data lies. */
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Status } from '@/api/types';
import { t } from '@/i18n';
import { Panel } from '@/ui/Panel';

export function About({ status }: { status: Status | undefined }) {
  const facts: [string, ReactNode][] = [
    [t.overview.version, status?.version],
    [
      t.overview.store,
      status && t.overview.schema(status.database.sqlite_version, status.database.schema_version),
    ],
    [t.overview.address, status && `${status.gateway.host}:${status.gateway.port}`],
    [t.overview.dataDir, status?.data_dir],
  ];
  return (
    <Panel title={t.overview.details} busy={!status}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="mono">{value ?? <Skeleton h={14} w={120} my={4} />}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
