/** One integration in the catalogue: what it is, how it does, and trying it on the spot. */
import { Button } from '@mantine/core';
import {
  IconArrowsExchange,
  IconBell,
  IconBrain,
  IconChartDots3,
  IconClock,
  IconFolder,
  IconGauge,
  IconSparkles,
  IconTerminal2,
  IconWebhook,
  IconWorld,
} from '@tabler/icons-react';
import type { Integration } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { RouteButton } from '@/app/RouteButton';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { StatusBadge } from '@/ui/StatusBadge';
import { useTrial } from './data';
import { Trial } from './Trial';
import { aboutOf, titleOf, toneOf } from './words';

const OF_ID: Record<string, typeof IconBell> = {
  'channel-webhook': IconWebhook,
  'tools-files': IconFolder,
  'tools-shell': IconTerminal2,
  'tools-web': IconWorld,
  'tools-memory': IconBrain,
  'tools-schedule': IconClock,
  otlp: IconChartDots3,
  prometheus: IconGauge,
  embeddings: IconBrain,
  tunnel: IconArrowsExchange,
};

export const iconOf = ({ id, group }: Integration) =>
  OF_ID[id] ?? (group === 'providers' ? IconSparkles : IconBell);

export function IntegrationCard({ one, onOpen }: { one: Integration; onOpen: () => void }) {
  const trial = useTrial(one.id);
  const whyNot = useWhyNot('admin');
  const Icon = iconOf(one);
  const title = titleOf(one);
  // Where there is nothing but a way to another page, the card itself leads there.
  const elsewhere = one.state === 'available' && one.fields.length === 0 ? one.route : undefined;
  return (
    <li className="card integration" data-id={one.id} data-state={one.state}>
      <div className="integration-head">
        <span className="integration-icon" aria-hidden>
          <Icon size={20} stroke={1.7} />
        </span>
        <h3 className="integration-title">
          <button type="button" className="integration-open" onClick={onOpen}>
            {title}
          </button>
        </h3>
        <StatusBadge tone={toneOf(one.state)} dot={one.state !== 'available'}>
          {t.integrations.states[one.state]}
        </StatusBadge>
      </div>
      <p className="integration-about">{aboutOf(one)}</p>
      {one.state === 'failing' && one.reason && trial.isIdle && (
        <p className="integration-reason" data-tone="bad">
          {one.reason}
        </p>
      )}
      <Trial trial={trial} />
      <div className="integration-foot">
        {one.testable && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t.integrations.testOne(title)}
            loading={trial.isPending}
            onClick={() => trial.mutate()}
            {...disabledBecause(whyNot)}
          >
            {t.integrations.test}
          </Button>
        )}
        {elsewhere && (
          <RouteButton
            route={elsewhere}
            label={t.integrations.setUpOne(title)}
            size="compact-sm"
            variant="subtle"
            rightSection={null}
          >
            {t.integrations.setUp}
          </RouteButton>
        )}
        {!elsewhere && (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={
              one.state === 'available' ? t.integrations.setUpOne(title) : t.integrations.openOne(title)
            }
            onClick={onOpen}
          >
            {one.state === 'available' ? t.integrations.setUp : t.integrations.open}
          </Button>
        )}
      </div>
    </li>
  );
}
