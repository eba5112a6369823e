/** The tools by what kind of thing they do: a line each, with whether it may be used. */
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { Tool, ToolList } from '@/api/types';
import { riskTone } from '@/forms/approval/words';
import { t } from '@/i18n';
import { StatusBadge } from '@/ui/StatusBadge';
import { firstSentence, type ToolGroup } from './groups.logic';
import { Permission } from './Permission';
import { Sandbox } from './Sandbox';
import type { View } from './view.logic';

interface GroupsProps {
  groups: readonly ToolGroup[];
  sandbox: ToolList['sandbox'];
  view: View;
}

export const Groups = ({ groups, sandbox, view }: GroupsProps) =>
  groups.map(({ effect, tools }) => (
    <Group key={effect} effect={effect}>
      {effect === 'execute' && <Sandbox sandbox={sandbox} />}
      <ul className="tools-rows card">
        {tools.map((tool) => (
          <Row key={tool.name} tool={tool} view={view} />
        ))}
      </ul>
    </Group>
  ));

function Group({ effect, children }: { effect: Tool['effect']; children: React.ReactNode }) {
  const id = useId();
  return (
    <section className="tools-group" aria-labelledby={id}>
      <h2 className="tools-heading" id={id}>
        {t.tools.effects[effect]}
      </h2>
      <p className="tools-heading-sub">{t.tools.effectsSub[effect]}</p>
      {children}
    </section>
  );
}

function Row({ tool, view }: { tool: Tool; view: View }) {
  const open = view.tool === tool.name;
  const { calls, failures } = tool.recent;
  return (
    <li className="tools-row" data-open={open || undefined}>
      <Link
        to="/tools"
        search={{ ...(view.q ? { q: view.q } : {}), tool: tool.name, ...(view.tab ? { tab: view.tab } : {}) }}
        className="tools-link"
        resetScroll={false}
        activeOptions={{ exact: true, includeSearch: true }}
        aria-current={open ? 'true' : undefined}
      >
        <span className="tools-name">
          <span className="mono">{tool.name}</span>
          {tool.risk !== 'low' && (
            <StatusBadge tone={riskTone(tool.risk)}>{t.tools.risks[tool.risk]}</StatusBadge>
          )}
        </span>
        <span className="tools-line">{firstSentence(tool.description)}</span>
        {calls > 0 && (
          <span className="tools-recent num">
            <span>{t.tools.lately(calls)}</span>
            {failures > 0 && <span className="tools-failed">{t.tools.failures(failures)}</span>}
          </span>
        )}
      </Link>
      <Permission tool={tool} />
    </li>
  );
}
