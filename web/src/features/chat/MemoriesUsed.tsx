/** Which memories the model was shown with the message: folded, each with the way to it. */
import { IconBrain, IconChevronRight, IconPin } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { UsedMemory } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';

export function MemoriesUsed({ memories }: { memories: readonly UsedMemory[] }) {
  return (
    <details className="thought memories-used">
      <summary>
        <IconBrain size={16} stroke={1.7} aria-hidden />
        <span>{t.thread.memoriesUsed(count(memories.length), memories.length === 1)}</span>
        <IconChevronRight size={15} aria-hidden className="fold-mark" />
      </summary>
      <ul className="memories-used-list">
        {memories.map(({ key, pinned, snippet }) => (
          <li key={key}>
            <Link to="/memory" search={{ open: key }}>
              {key}
            </Link>
            {pinned && <IconPin size={13} role="img" aria-label={t.thread.memoryPinned} />}
            <span className="dimmed"> {snippet}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
