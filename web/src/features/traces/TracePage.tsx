/** What one turn did when: its figures, its waterfall, and each step's details. */
import './traces.css';
import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconFold, IconMessage, IconTimeline } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Note } from '@/ui/Note';
import { PageHeader } from '@/ui/PageHeader';
import { Sheet } from '@/ui/Sheet';
import { useNow } from '@/ui/useNow';
import { isGone, useSession, useStepNews, useTrace, useTurn } from './data';
import { Facts } from './Facts';
import { LinkButton } from './LinkButton';
import { StepDetails } from './StepDetails';
import { Steps } from './Steps';
import type { TraceSearch } from './search.logic';
import { longWaits, squashes, waterfall } from './waterfall.logic';

const ROOM_BESIDE = '(min-width: 75em)';
const PACE_MS = 500;

export default function TracePage() {
  const { turn: id } = useParams({ from: '/traces/$turn' });
  useStepNews(id);
  const trace = useTrace(id);
  if (trace.data) return <Shown id={id} trace={trace.data} />;
  return (
    <div className="page trace">
      <Back />
      {trace.isError ? (
        isGone(trace.error) ? (
          <Gone />
        ) : (
          <ErrorState order={1} error={trace.error} onRetry={() => void trace.refetch()} />
        )
      ) : (
        <Loading />
      )}
    </div>
  );
}

type TraceData = NonNullable<ReturnType<typeof useTrace>['data']>;

function Shown({ id, trace }: { id: string; trace: TraceData }) {
  const search: TraceSearch = useSearch({ from: '/traces/$turn' });
  const navigate = useNavigate({ from: '/traces/$turn' });
  const turn = useTurn(id).data;
  const session = useSession(trace.session_id).data;
  const beside = useMediaQuery(ROOM_BESIDE, undefined, { getInitialValueInEffect: false });
  const now = useNow(PACE_MS, trace.ended_at == null);
  const drawn = waterfall(trace, now);
  const waits = longWaits(drawn);
  const cut = search.waits === undefined ? squashes(waits, drawn.total) : search.waits === 'cut';
  const set = (change: TraceSearch) =>
    void navigate({
      search: (before) => ({ ...before, ...change }),
      replace: true,
      resetScroll: false,
    });
  const setCut = (on: boolean) => set({ waits: on ? 'cut' : 'drawn' });
  useCommands(
    waits.length > 0
      ? [
          {
            id: 'trace-cut',
            label: t.traces.cutWaits,
            icon: IconFold,
            group: 'page',
            run: () => setCut(!cut),
          },
        ]
      : [],
  );
  const chosen = drawn.rows.find(({ span }) => span.id === search.step);
  const details = chosen && <StepDetails row={chosen} rows={drawn.rows} ended={trace.ended_at != null} />;
  return (
    <div className="page trace">
      <Back />
      <PageHeader
        title={session?.title || t.traces.untitled}
        sub={<span className="trace-said">{turn ? turn.message.trim() || t.traces.noWords : ' '}</span>}
        actions={
          <>
            <LinkButton
              variant="subtle"
              to="/traces"
              search={{ session: trace.session_id }}
              leftSection={<IconTimeline size={16} aria-hidden />}
            >
              {t.traces.sameSession}
            </LinkButton>
            <LinkButton
              variant="default"
              to="/chat/$session"
              params={{ session: trace.session_id }}
              search={{ turn: id }}
              leftSection={<IconMessage size={16} aria-hidden />}
            >
              {t.traces.openChat}
            </LinkButton>
          </>
        }
      />
      {turn?.error && (
        <Note tone="bad" title={t.traces.whyFailed}>
          {turn.error.message}
        </Note>
      )}
      <Facts trace={trace} waterfall={drawn} turn={turn} />
      <div className="trace-columns">
        <Steps
          waterfall={drawn}
          waits={waits}
          cut={cut}
          onCut={setCut}
          chosen={chosen?.span.id}
          onChoose={(step) => set({ step })}
        />
        {beside ? (
          <Aside>{details ?? <p className="dimmed">{t.traces.detailsNone}</p>}</Aside>
        ) : (
          chosen && (
            <Sheet
              label={t.traces.details}
              side="right"
              className="trace-sheet"
              onClose={() => set({ step: undefined })}
            >
              <Button
                variant="default"
                className="trace-sheet-close"
                onClick={() => set({ step: undefined })}
              >
                {t.traces.closeDetails}
              </Button>
              {details}
            </Sheet>
          )
        )}
      </div>
    </div>
  );
}

const Aside = ({ children }: { children: ReactNode }) => (
  <section className="card trace-aside" aria-label={t.traces.details} aria-live="polite">
    {children}
  </section>
);

const Back = () => (
  <Link to="/traces" className="trace-back">
    <IconArrowLeft size={15} aria-hidden /> {t.traces.back}
  </Link>
);

function Gone() {
  const navigate = useNavigate();
  return (
    <EmptyState
      order={1}
      role="status"
      icon={IconTimeline}
      title={t.traces.goneTitle}
      body={t.traces.goneBody}
      action={{ label: t.traces.back, onClick: () => void navigate({ to: '/traces' }) }}
    />
  );
}

const Loading = () => (
  <div className="traces-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    <Skeleton h={52} radius="md" />
    <Skeleton h={132} radius="md" />
    <Skeleton h={280} radius="md" />
  </div>
);
