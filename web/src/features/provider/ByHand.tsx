/** How each kind of provider is connected without this page: by environment, or in the file. */
import { Accordion } from '@mantine/core';
import { $api } from '@/api/client';
import { t } from '@/i18n';
import { CopyBlock } from '@/ui/CopyBlock';
import { GUIDES, type Guide } from './guides';

export function ByHand() {
  const status = $api.useQuery('get', '/api/status', {});
  return (
    <section aria-labelledby="by-hand" className="by-hand">
      <h2 className="panel-title" id="by-hand">
        {t.provider.byHandTitle}
      </h2>
      <p className="panel-sub">{t.provider.byHandHow}</p>
      <Accordion variant="separated" radius="md" order={3} className="guides">
        {GUIDES.map((guide) => (
          <GuideItem key={guide.name} guide={guide} dataDir={status.data?.data_dir} />
        ))}
      </Accordion>
    </section>
  );
}

function GuideItem({ guide, dataDir }: { guide: Guide; dataDir: string | undefined }) {
  return (
    <Accordion.Item value={guide.name}>
      <Accordion.Control>
        <span className="guide-name">{t.provider.choices[guide.name].title}</span>
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
            {dataDir && <p className="guide-file mono">{t.provider.configAt(`${dataDir}/config.toml`)}</p>}
          </div>
        </div>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
