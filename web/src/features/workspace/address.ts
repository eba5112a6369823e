/** The page's address, read and changed. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import { changed, fileOf, type WorkspaceQuery } from './query.logic';

export type Go = (change: WorkspaceQuery, replace?: boolean) => void;

export function useAddress(): { query: WorkspaceQuery; go: Go } {
  const search = useSearch({ from: '/workspace' });
  const path = useParams({ strict: false, select: (params) => params._splat });
  const navigate = useNavigate();
  const query = useMemo((): WorkspaceQuery => ({ ...search, file: fileOf(path) }), [search, path]);
  const now = useRef(query);
  now.current = query;
  const go = useCallback<Go>(
    (change, replace = false) => {
      const { file, ...behind } = changed(now.current, change);
      const rest = { search: behind, replace, resetScroll: false };
      // Two changes in a row both count, though the first is not drawn yet.
      now.current = { ...behind, file };
      void (file === undefined
        ? navigate({ to: '/workspace', ...rest })
        : navigate({ to: '/workspace/$', params: { _splat: file }, ...rest }));
    },
    [navigate],
  );
  return { query, go };
}
