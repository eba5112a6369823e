/** A remark on its colour: something is so, perhaps with something to do about it. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExclamationCircle,
  IconInfoCircle,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';

export type NoteTone = 'good' | 'warn' | 'bad' | 'info';

const ICON = {
  good: IconCircleCheck,
  warn: IconExclamationCircle,
  bad: IconAlertTriangle,
  info: IconInfoCircle,
};

export interface NoteProps {
  tone?: NoteTone;
  title?: string;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  actions?: ReactNode;
  role?: 'alert' | 'status';
  children?: ReactNode;
}

export function Note({ tone = 'info', title, icon, actions, role, children }: NoteProps) {
  const Icon = icon ?? ICON[tone];
  return (
    <div className="note" data-tone={tone} role={role}>
      <Icon size={19} stroke={1.8} aria-hidden />
      <div className="note-words">
        {title && <div className="note-title">{title}</div>}
        {children}
      </div>
      {actions && <div className="note-actions">{actions}</div>}
    </div>
  );
}
