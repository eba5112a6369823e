/** A part of a page with a heading of its own. */
import { type ReactNode, useId } from 'react';

export interface PanelProps {
  title: string;
  sub?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** While its contents are on their way. */
  busy?: boolean;
}

export function Panel({ title, sub, actions, children, className, busy }: PanelProps) {
  const id = useId();
  return (
    <section
      className={className ? `card ${className}` : 'card'}
      aria-labelledby={id}
      aria-busy={busy || undefined}
    >
      <div className="panel-head">
        <div>
          <h2 className="panel-title" id={id}>
            {title}
          </h2>
          {sub && <p className="panel-sub">{sub}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
