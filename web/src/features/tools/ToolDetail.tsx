/** One tool: what it is, what it takes, how it did lately, and a place to try it out. */
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Tool, ToolList } from '@/api/types';
import { riskTone } from '@/forms/approval/words';
import { t } from '@/i18n';
import { bytes, duration } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { Note } from '@/ui/Note';
import { StatusBadge } from '@/ui/StatusBadge';
import { Arguments } from './Arguments';
import { Permission } from './Permission';
import { RecentCalls } from './RecentCalls';
import { Sandbox } from './Sandbox';
import { readSchema } from './schema.logic';
import { TryOut } from './TryOut';
import type { Tab, View } from './view.logic';

interface DetailProps {
  tool: Tool;
  view: View;
  sandbox: ToolList['sandbox'];
}

const TABS: readonly Tab[] = ['about', 'try', 'calls'];

export function ToolDetail({ tool, view, sandbox }: DetailProps) {
  const tab: Tab = view.tab ?? 'about';
  const kept = view.q ? { q: view.q } : {};
  return (
    <div className="card tool-card">
      <Link to="/tools" search={kept} className="tools-back" resetScroll={false}>
        <IconArrowLeft size={16} aria-hidden /> {t.tools.back}
      </Link>
      <div className="tool-head">
        <h2 className="tool-title mono">{tool.name}</h2>
        <StatusBadge tone={riskTone(tool.risk)}>{t.tools.risks[tool.risk]}</StatusBadge>
        <div className="tool-may">
          <Permission tool={tool} />
        </div>
      </div>
      <p className="tool-words">{tool.description}</p>
      {!tool.offered && tool.permission !== 'deny' && <Note tone="info">{t.tools.notOffered}</Note>}
      <nav className="page-tabs" aria-label={t.tools.tabs}>
        {TABS.map((one) => (
          <Link
            key={one}
            to="/tools"
            search={{ ...kept, tool: tool.name, ...(one === 'about' ? {} : { tab: one }) }}
            className="page-tab"
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={one === tab ? 'page' : undefined}
            resetScroll={false}
            replace
          >
            {t.tools[one]}
          </Link>
        ))}
      </nav>
      {tab === 'about' && <About tool={tool} sandbox={sandbox} />}
      {tab === 'try' && <TryOut tool={tool} />}
      {tab === 'calls' && <RecentCalls tool={tool} />}
    </div>
  );
}

function About({ tool, sandbox }: Pick<DetailProps, 'tool' | 'sandbox'>) {
  return (
    <>
      <h3 className="tool-part">{t.tools.arguments}</h3>
      <Arguments schema={readSchema(tool.schema)} />
      <details className="tool-raw">
        <summary>{t.tools.raw}</summary>
        <CopyBlock text={JSON.stringify(tool.schema, null, 2)} label={t.tools.copySchema} />
      </details>
      <h3 className="tool-part">{t.tools.facts}</h3>
      <dl className="facts">
        <dt>{t.tools.effect}</dt>
        <dd>{t.tools.effectsSub[tool.effect]}</dd>
        <dt>{t.tools.timeout}</dt>
        <dd className="num">
          {tool.timeout_secs === undefined ? t.tools.noTimeout : duration(tool.timeout_secs)}
        </dd>
        <dt>{t.tools.cap}</dt>
        <dd className="num">{bytes(tool.output_cap_bytes)}</dd>
        <dt>{t.tools.beside}</dt>
        <dd>{tool.parallel_safe ? t.tools.yes : t.tools.no}</dd>
        <dt>{t.tools.source}</dt>
        <dd>{tool.source === 'built-in' ? t.tools.builtIn : tool.source}</dd>
      </dl>
      {tool.effect === 'execute' && <Sandbox sandbox={sandbox} />}
    </>
  );
}
