/** Nothing to show: says why, and what to do next. */
import { Button } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import type { Tone } from './StatusDot';

interface Step {
  label: string;
  onClick: () => void;
}

export interface EmptyStateProps {
  title: string;
  body?: ReactNode;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  /** The one next step; `other` is the quieter way out. */
  action?: Step;
  other?: Step;
  role?: 'alert' | 'status';
  tone?: Tone;
  /** 1 where it stands for the whole page. */
  order?: 1 | 2;
  children?: ReactNode;
}

export function EmptyState({
  title,
  body,
  icon: Icon = IconInbox,
  action,
  other,
  role,
  tone,
  order = 2,
  children,
}: EmptyStateProps) {
  const Heading = order === 1 ? 'h1' : 'h2';
  return (
    <div className="empty" role={role} data-tone={tone}>
      <div className="empty-icon" aria-hidden>
        <Icon size={30} stroke={1.6} />
      </div>
      <Heading className="empty-title">{title}</Heading>
      {body && <div className="empty-body">{body}</div>}
      {children}
      {(action || other) && (
        <div className="empty-actions">
          {action && <Button onClick={action.onClick}>{action.label}</Button>}
          {other && (
            <Button variant="default" onClick={other.onClick}>
              {other.label}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
