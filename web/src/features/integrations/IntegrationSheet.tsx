/** One integration in full: how it does, its parts, its settings, the addresses for others to call, and trying it. */
import { ActionIcon, Button } from '@mantine/core';
import { IconPlugConnected, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import type { Integration } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { RouteButton } from '@/app/RouteButton';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { Note } from '@/ui/Note';
import { RelativeTime } from '@/ui/RelativeTime';
import { Sheet } from '@/ui/Sheet';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { useTrial } from './data';
import { Hooks } from './Hooks';
import { SetUp } from './SetUp';
import { Trial } from './Trial';
import { aboutOf, detailOf, titleOf, toneOf, valueWords } from './words';

interface IntegrationSheetProps {
  one: Integration;
  addresses: readonly string[];
  onClose: () => void;
}

export function IntegrationSheet({ one, addresses, onClose }: IntegrationSheetProps) {
  const title = titleOf(one);
  const trial = useTrial(one.id);
  const whyNot = useWhyNot('admin');
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <Sheet side="right" label={title} className="integration-sheet" focus={heading} onClose={onClose}>
      <header className="integration-sheet-head">
        <h2 className="panel-title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <StatusBadge tone={toneOf(one.state)} dot={one.state !== 'available'}>
          {t.integrations.states[one.state]}
        </StatusBadge>
        <ActionIcon
          variant="subtle"
          color="gray"
          className="integration-close"
          {...tip(t.common.close)}
          onClick={onClose}
        >
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      <div className="integration-sheet-body">
        <p className="integration-about">{aboutOf(one)}</p>
        {one.checked_at && (
          <p className="integration-checked">
            {t.integrations.checked} <RelativeTime at={one.checked_at} />
          </p>
        )}
        {one.reason && trial.isIdle && (
          <Note tone={one.state === 'failing' ? 'bad' : 'info'}>{one.reason}</Note>
        )}
        {one.testable && (
          <div className="integration-try">
            <Button
              variant="light"
              leftSection={<IconPlugConnected size={16} stroke={1.7} aria-hidden />}
              loading={trial.isPending}
              onClick={() => trial.mutate()}
              {...disabledBecause(whyNot)}
            >
              {t.integrations.test}
            </Button>
            <Trial trial={trial} />
          </div>
        )}
        {one.fields.length > 0 && <SetUp one={one} whyNot={whyNot} />}
        {one.route && (
          <div>
            <RouteButton route={one.route} variant={one.state === 'available' ? 'filled' : 'default'}>
              {one.state === 'available' ? t.integrations.setUp : t.integrations.change}
            </RouteButton>
          </div>
        )}
        {one.hooks.length > 0 && <Hooks hooks={one.hooks} addresses={addresses} />}
        {one.details.length > 0 && (
          <section className="integration-part">
            <h3 className="integration-part-title">{t.integrations.parts}</h3>
            <dl className="facts">
              {one.details.map(({ name, value }) => (
                <div key={name} className="integration-fact">
                  <dt>{detailOf(name)}</dt>
                  <dd>{valueWords(value)}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
      </div>
    </Sheet>
  );
}
