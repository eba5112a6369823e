/** All that the page's parts share: the configuration, its schema, the draft of it and what that comes to. */
import { useEffect, useMemo } from 'react';
import { leavesOf, nodeAt, type SchemaNode } from '@/api/configSchema';
import type { ConfigChecked, ConfigFault, ConfigView } from '@/api/types';
import { useWhyNot } from '@/app/can';
import type { Edits } from '@/forms/schema/schema.logic';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import { faultsIn, useChecked } from './data';
import { setDraft, useDraft, useDraftBadge } from './draft';
import { bothChanged, carriedOver, type Difference, type Draft, differences } from './draft.logic';

export interface Desk {
  view: ConfigView;
  schema: SchemaNode;
  draft: Draft | undefined;
  /** What the draft comes to, as far as the gateway has said. */
  checked: ConfigChecked | undefined;
  /** It has said so of the draft as it is now. */
  fresh: boolean;
  checkFailed: unknown;
  /** All that is wrong with the draft. */
  faults: readonly ConfigFault[];
  /** What the form's fields stand on: the configuration, or what the draft's text comes to. */
  base: unknown;
  /** How many settings the draft changes. */
  count: number;
  isSecret: (key: string) => boolean;
  /** Why nothing can be changed at all. */
  whyNot: string | undefined;
  /** Why nothing can be changed in the form. */
  whyNoForm: string | undefined;
  /** What was changed elsewhere since the draft was begun; undefined: nothing was. */
  theirs: readonly Difference[] | undefined;
  mine: readonly Difference[];
  edit: (edits: Edits) => void;
}

export function useDesk(view: ConfigView, schema: SchemaNode): Desk {
  const draft = useDraft();
  const { data: checked, error: checkFailed, fresh } = useChecked(draft);
  const whyNot = useWhyNot('admin');
  const stale = draft !== undefined && draft.etag !== view.etag;
  const base = draft?.toml === undefined ? view.config : (checked?.config ?? undefined);
  const whyNoForm =
    whyNot ??
    (view.refused.length > 0 || base === undefined || base === null ? t.settings.mendFirst : undefined);
  const mine = useMemo(() => {
    if (!draft) return [];
    if (draft.toml !== undefined)
      return checked?.config ? differences(draft.config, checked.config, schema) : [];
    return Object.entries(draft.edits).map(([key, after]) => ({ key, before: undefined, after }));
  }, [draft, checked, schema]);
  const theirs = useMemo(
    () => (stale ? differences(draft.config, view.config, schema) : undefined),
    [stale, draft, view, schema],
  );
  const secrets = useMemo(
    () => new Set(leavesOf(schema).flatMap(({ key, node }) => (node.writeOnly ? [key] : []))),
    [schema],
  );

  // What was changed elsewhere and is none of the form's business here does not stop anybody.
  const apart =
    theirs !== undefined &&
    draft?.toml === undefined &&
    bothChanged(Object.keys(draft?.edits ?? {}), theirs).length === 0;
  useEffect(() => {
    if (!apart || !draft) return;
    setDraft(carriedOver(draft, [], view.etag, view.config));
    toast.done(t.settings.carried);
  }, [apart, draft, view]);

  const count =
    draft?.toml === undefined ? Object.keys(draft?.edits ?? {}).length : (checked?.changes.length ?? 0);
  useDraftBadge(draft ? Math.max(count, 1) : 0);
  const faults = draft ? (checked?.faults ?? faultsIn(checkFailed)) : view.refused;
  return {
    view,
    schema,
    draft,
    checked,
    fresh,
    checkFailed,
    faults,
    base: base ?? draft?.config ?? view.config,
    count,
    isSecret: (key) => secrets.has(key) || nodeAt(schema, key)?.writeOnly === true,
    whyNot,
    whyNoForm,
    theirs: apart ? undefined : theirs,
    mine,
    edit: (edits) => setDraft({ ...(draft ?? { etag: view.etag, config: view.config }), edits }),
  };
}
