/** What is wrong with the gateway, what that means, and what can be done about it; looked at on demand, as it goes. */
import './doctor.css';
import { Button, Skeleton } from '@mantine/core';
import { IconFileDescription, IconStethoscope } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { useLooking, useReport } from './data';
import { Findings } from './Findings';
import { FixDialog } from './FixDialog';
import { PaperDialog } from './PaperDialog';
import { rowsOf } from './rows.logic';
import { Standing } from './Standing';
import type { DoctorView } from './view.logic';

export default function DoctorPage() {
  const view: DoctorView = useSearch({ from: '/doctor' });
  const navigate = useNavigate({ from: '/doctor' });
  const go = (next: DoctorView) => void navigate({ search: next, replace: true, resetScroll: false });
  const report = useReport();
  const { going, busy, error, look } = useLooking();
  const [paper, setPaper] = useState(false);
  const whyNot = useWhyNot('chat');
  const rows = rowsOf(report.data, going);
  const known = rows.length > 0;
  useCommands([
    ...(whyNot === undefined
      ? [
          {
            id: 'doctor-look',
            label: t.doctor.look,
            icon: IconStethoscope,
            group: 'page' as const,
            run: look,
          },
        ]
      : []),
    {
      id: 'doctor-report',
      label: t.doctor.report,
      icon: IconFileDescription,
      group: 'page',
      run: () => setPaper(true),
    },
  ]);
  return (
    <div className="page doctor">
      <PageHeader
        title={t.doctor.title}
        sub={t.doctor.sub}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconFileDescription size={16} stroke={1.7} aria-hidden />}
              onClick={() => setPaper(true)}
            >
              {t.doctor.report}
            </Button>
            <Button
              leftSection={<IconStethoscope size={16} stroke={1.7} aria-hidden />}
              onClick={look}
              loading={busy}
              {...disabledBecause(whyNot)}
            >
              {t.doctor.look}
            </Button>
          </>
        }
      />
      <ReadOnlyNote scope="chat" />
      {error !== undefined && <ErrorNote title={t.doctor.brokeOff} error={error} onRetry={look} />}
      {report.isError && !known && <ErrorState error={report.error} onRetry={() => void report.refetch()} />}
      {report.isPending && !known && <Waiting />}
      {report.data && !known && !busy && (
        <EmptyState
          icon={IconStethoscope}
          title={t.doctor.neverTitle}
          body={t.doctor.neverBody}
          action={whyNot === undefined ? { label: t.doctor.look, onClick: look } : undefined}
        />
      )}
      {known && (
        <>
          <Standing
            rows={rows}
            at={report.data?.at ?? undefined}
            busy={busy}
            show={view.show}
            onShow={(show) => go(show ? { show } : {})}
          />
          <Findings rows={rows} show={view.show} onFix={(fix) => go({ ...view, fix })} />
        </>
      )}
      {view.fix !== undefined && (
        <FixDialog
          key={view.fix}
          id={view.fix}
          title={rows.find(({ id }) => id === view.fix)?.title}
          onClose={() => go(view.show ? { show: view.show } : {})}
        />
      )}
      {paper && <PaperDialog onClose={() => setPaper(false)} />}
    </div>
  );
}

const Waiting = () => (
  <div className="doctor-waiting" role="status" aria-busy="true" aria-label={t.common.loading}>
    <Skeleton h={92} radius="lg" />
    <Skeleton h={150} radius="lg" />
    <Skeleton h={150} radius="lg" />
  </div>
);
