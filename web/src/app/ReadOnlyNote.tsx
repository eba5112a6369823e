/** Says on top of a page why its controls are off, where this browser lacks what they need. */
import { IconEye } from '@tabler/icons-react';
import { Note } from '@/ui/Note';
import { type Scope, useWhyNot } from './can';

export function ReadOnlyNote({ scope = 'admin' }: { scope?: Scope }) {
  const why = useWhyNot(scope);
  return (
    why && (
      <div className="read-only">
        <Note tone="info" icon={IconEye}>
          {why}
        </Note>
      </div>
    )
  );
}
