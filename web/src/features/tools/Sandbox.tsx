/** How well commands are walled in on the gateway's machine, said plainly. */
import type { ToolList } from '@/api/types';
import { t } from '@/i18n';
import { Note } from '@/ui/Note';

export function Sandbox({ sandbox: { files, processes, network } }: { sandbox: ToolList['sandbox'] }) {
  const walled = files && processes;
  return (
    <div className="tools-sandbox">
      <Note tone={walled ? 'good' : 'warn'} title={t.tools.sandbox}>
        {[
          files ? t.tools.sandboxFiles : t.tools.sandboxNoFiles,
          processes ? t.tools.sandboxProcesses : t.tools.sandboxNoProcesses,
          network ? t.tools.sandboxNetwork : t.tools.sandboxNoNetwork,
        ].join(' ')}
      </Note>
    </div>
  );
}
