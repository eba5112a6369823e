/** Which provider answers now, and how to connect one of each kind. */
import './provider.css';
import { Accordion, Skeleton, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { $api } from '@/api/client';
import type { Status } from '@/api/types';
import { t } from '@/i18n';
import { CopyBlock } from '@/ui/CopyBlock';
import { ErrorNote } from '@/ui/ErrorNote';
import { PageHeader } from '@/ui/PageHeader';
import { GUIDES, type Guide } from './guides';

export default function ProviderPage() {
  const status = $api.useQuery('get', '/api/status', {});
  return (
    <div className="page">
      <PageHeader title={t.provider.title} sub={t.provider.sub} />
      {status.isError && !status.data ? (
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      ) : (
        <InUse status={status.data} />
      )}
      <Title order={2} fz={18} mt="xl">
        {t.provider.connect}
      </Title>
      <Text c="dimmed" fz="sm" mt={2} mb="md">
        {t.provider.connectHow}
      </Text>
      <Accordion variant="separated" radius="md" order={3} className="guides">
        {GUIDES.map((guide) => (
          <GuideItem key={guide.name} guide={guide} dataDir={status.data?.data_dir} />
        ))}
      </Accordion>
      <Text c="dimmed" fz="sm" mt="md">
        {t.provider.keyNote}
      </Text>
    </div>
  );
}

const wordFor = (words: Record<string, string>, key: string) => words[key] ?? key;

function InUse({ status }: { status: Status | undefined }) {
  const facts: [string, ReactNode][] = [
    [t.provider.name, status?.provider],
    [t.provider.kind, status && wordFor(t.provider.kinds, status.provider_kind)],
    [t.provider.model, status && (status.model || t.common.none)],
    [t.provider.source, status && wordFor(t.provider.sources, status.provider_source)],
  ];
  return (
    <section className="card" aria-labelledby="in-use">
      <Title order={2} fz={16} mb="sm" id="in-use">
        {t.provider.inUse}
      </Title>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="provider-fact">
            <dt>{name}</dt>
            <dd>{value ?? <Skeleton h={14} w={140} my={4} />}</dd>
          </div>
        ))}
      </dl>
      {status?.provider_hint && <p className="provider-hint">{status.provider_hint}</p>}
    </section>
  );
}

function GuideItem({ guide, dataDir }: { guide: Guide; dataDir: string | undefined }) {
  return (
    <Accordion.Item value={guide.name}>
      <Accordion.Control>
        <span className="guide-name">{t.provider.names[guide.name]}</span>
        <span className="guide-words">{t.provider.guides[guide.name]}</span>
      </Accordion.Control>
      <Accordion.Panel>
        <div className="guide-ways">
          <div>
            <h4 className="guide-way">{t.provider.byEnvironment}</h4>
            <CopyBlock text={guide.environment} label={t.provider.copyCommand} />
          </div>
          <div>
            <h4 className="guide-way">{t.provider.byConfig}</h4>
            <CopyBlock text={guide.config} label={t.provider.copyConfig} />
            {dataDir && (
              <Text fz="xs" c="dimmed" mt={6} className="mono">
                {t.provider.configAt(`${dataDir}/config.toml`)}
              </Text>
            )}
          </div>
        </div>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
