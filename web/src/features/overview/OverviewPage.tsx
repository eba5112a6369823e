/** The page one leaves open: what the agent does, did, and how the gateway is. The news keep it up to date. */
import './overview.css';
import { Button } from '@mantine/core';
import { IconArrowRight, IconSparkles } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { $api } from '@/api/client';
import { useLink } from '@/api/link';
import { useRereadOn } from '@/api/reread';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { PageHeader } from '@/ui/PageHeader';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusDot } from '@/ui/StatusDot';
import { About } from './About';
import { ActivityCharts } from './ActivityCharts';
import { Feed } from './Feed';
import { Health } from './Health';
import { Hero } from './Hero';
import { NextJobs } from './NextJobs';
import { Running } from './Running';
import { Spending } from './Spending';
import { type OverviewSearch, overviewSearch } from './search';

const TURN_NEWS = ['agent_start', 'agent_end', 'session_changed'] as const;
const TURN_PATHS = ['/api/turns', '/api/status'] as const;
const END_NEWS = ['agent_end'] as const;
const END_PATHS = ['/api/activity'] as const;
const OTHER_NEWS = ['device_paired', 'health_changed', 'config_changed'] as const;
const OTHER_PATHS = ['/api/events/recent', '/api/status'] as const;

const JOB_NEWS = ['cron_result', 'job_started', 'job_changed'] as const;
const JOB_PATHS = ['/api/cron', '/api/status'] as const;

export default function OverviewPage() {
  useRereadOn(TURN_NEWS, TURN_PATHS);
  useRereadOn(END_NEWS, END_PATHS);
  useRereadOn(OTHER_NEWS, OTHER_PATHS);
  useRereadOn(JOB_NEWS, JOB_PATHS);
  const { range = '24h', show } = overviewSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const go = (search: OverviewSearch) =>
    void navigate({ to: '/overview', search, replace: true, resetScroll: false });
  const status = $api.useQuery('get', '/api/status', {}, { refetchOnMount: 'always' });
  return (
    <div className="page overview">
      <PageHeader
        title={t.overview.title}
        sub={t.overview.sub}
        actions={<Liveness at={status.dataUpdatedAt} />}
      />
      <ReadOnlyNote scope="chat" />
      {status.isError && !status.data && (
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.data?.provider_source === 'demo' && <ConnectFirst />}
      <Hero status={status.data} />
      <ActivityCharts
        range={range}
        onRange={(next) => go({ ...(next === '24h' ? {} : { range: next }), show })}
      />
      <div className="overview-columns">
        <div className="overview-main">
          <Running />
          <Feed
            status={status.data}
            trouble={show === 'trouble'}
            onTrouble={(trouble) =>
              go({ ...(range === '24h' ? {} : { range }), ...(trouble ? { show: 'trouble' } : {}) })
            }
          />
        </div>
        <div className="overview-side">
          <Spending />
          <Health parts={status.data?.components} />
          <NextJobs />
          <About status={status.data} />
        </div>
      </div>
    </div>
  );
}

/** Whether what one sees is what is; without a connection, of when it is. */
function Liveness({ at }: { at: number }) {
  const { phase } = useLink();
  const live = phase === 'open';
  return (
    <span className="liveness" role="status">
      <StatusDot tone={live ? 'good' : 'off'}>
        {live || at === 0 ? (
          t.overview.live
        ) : (
          <>
            {t.overview.asOf} <RelativeTime at={new Date(at).toISOString()} />
          </>
        )}
      </StatusDot>
    </span>
  );
}

function ConnectFirst() {
  return (
    <div className="card connect">
      <IconSparkles size={26} stroke={1.6} aria-hidden />
      <div className="connect-words">
        <h2 className="panel-title">{t.common.noModel}</h2>
        <p className="dimmed">{t.overview.connectBody}</p>
      </div>
      <Button component={Link} to="/provider" rightSection={<IconArrowRight size={16} aria-hidden />}>
        {t.common.connectModel}
      </Button>
    </div>
  );
}
