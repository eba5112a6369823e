/** Leads to a file, or to a line of it, and leaves the panel as it is. */
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { changed } from './query.logic';

interface FileLinkProps {
  path: string;
  line?: number;
  className: string;
  children: ReactNode;
}

export function FileLink({ path, line, className, children }: FileLinkProps) {
  const search = useSearch({ from: '/workspace' });
  const { file: _, ...behind } = changed({ ...search, file: undefined }, { file: path, line });
  return (
    <Link
      to="/workspace/$"
      params={{ _splat: path }}
      search={behind}
      resetScroll={false}
      preload={false}
      className={className}
    >
      {children}
    </Link>
  );
}
