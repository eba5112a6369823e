/** A page's heading; it also names the browser's tab. */
import type { ReactNode } from 'react';
import { useTitle } from './useTitle';

export interface PageHeaderProps {
  title: string;
  sub?: ReactNode;
  /** At most one of them is the page's main action. */
  actions?: ReactNode;
}

export function PageHeader({ title, sub, actions }: PageHeaderProps) {
  useTitle(title);
  return (
    <div className="page-head">
      <div>
        <h1 className="page-title">{title}</h1>
        {sub && <p className="page-sub">{sub}</p>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </div>
  );
}
