/** The settings as a form: one section, or all that answers a search. */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { isMap, type Leaf, type SchemaNode, valueAt } from '@/api/configSchema';
import type { ConfigSetting } from '@/api/types';
import { type FieldFacts, type FormContext, fieldId, SchemaField, sayValue } from '@/forms/schema/SchemaForm';
import { answers, type FormGroup, groupsOf } from '@/forms/schema/schema.logic';
import { wordsOf } from '@/forms/schema/words';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import type { Desk } from './desk';
import { aboutSection, nameOf, sectionsOf } from './sections';

const shown = (node: SchemaNode) => node['x-later'] !== true;

/** A setting with its words in the page's language beside those of the gateway. */
const named = (leaf: Leaf): Leaf => {
  const { title, about } = wordsOf(leaf.key, leaf.node);
  return { ...leaf, node: { ...leaf.node, title: `${title} ${leaf.node.title} ${about}` } };
};

/** Groups with what is there in this version, and what answers what is typed. */
function groupsIn(schema: SchemaNode, sections: readonly string[], typed: string): FormGroup[] {
  return sections
    .flatMap((name) => groupsOf(name, schema.properties?.[name] ?? {}))
    .map((group) => ({
      ...group,
      leaves: group.leaves.filter(
        (leaf) => shown(leaf.node) && (typed === '' || answers(named(leaf), typed)),
      ),
    }))
    .filter((group) => group.leaves.length > 0);
}

interface SettingsFormProps {
  desk: Desk;
  section: string;
  /** The setting that the address names. */
  open: string | undefined;
  q: string;
  onShowAll: () => void;
}

export function SettingsForm({ desk, section, open, q, onShowAll }: SettingsFormProps) {
  const { schema, view, draft, base, whyNoForm, faults } = desk;
  const typed = q.trim();
  const groups = useMemo(
    () => groupsIn(schema, typed === '' ? [section] : sectionsOf(schema), typed),
    [schema, section, typed],
  );
  const settings = useMemo(() => new Map(view.settings.map((one) => [one.key, one])), [view]);
  useShown(open, groups);
  const found = groups.reduce((sum, group) => sum + group.leaves.length, 0);

  const form: FormContext = {
    edits: draft?.edits ?? {},
    base,
    onEdits: desk.edit,
    facts: (key) => factsOf(key, settings.get(key), whyNoForm),
    faultOf: (key) => faults.find((fault) => fault.key === key)?.message,
    providers: Object.keys((valueAt(base, 'providers') as object | undefined) ?? {}),
    open,
  };
  if (found === 0)
    return (
      <EmptyState
        role="status"
        title={t.settings.noneTitle}
        body={t.settings.noneBody}
        action={{ label: t.settings.showAll, onClick: onShowAll }}
      />
    );
  return (
    <div className="config-form">
      {typed !== '' && (
        <p role="status" className="dimmed config-found">
          {t.settings.found(count(found), found === 1)}
        </p>
      )}
      {groups.map((group) => (
        <Group key={group.path} group={group} named={typed !== '' || group.path === section}>
          {group.leaves.map((leaf) => (
            <SchemaField key={leaf.key} name={leaf.key} node={leaf.node} form={form} />
          ))}
        </Group>
      ))}
    </div>
  );
}

function Group({ group, named, children }: { group: FormGroup; named: boolean; children: ReactNode }) {
  const id = `group-${group.path.replaceAll('.', '-')}`;
  const section = group.path.split('.')[0] ?? group.path;
  const whole = group.path === section;
  const title = whole ? nameOf(section, group.title) : `${nameOf(section)} · ${group.title}`;
  const about = named && whole ? aboutSection(section) : undefined;
  const map = group.leaves.some((leaf) => isMap(leaf.node));
  return (
    <div className="card config-group" role="group" aria-labelledby={id}>
      <header className="config-group-head">
        <h2 className="panel-title" id={id}>
          {title}
        </h2>
        {about && <p className="panel-sub">{about}</p>}
        {map && section === 'providers' && (
          <p className="panel-sub">
            <Link to="/provider">{t.settings.providersPage}</Link>
          </p>
        )}
      </header>
      {children}
    </div>
  );
}

function factsOf(key: string, setting: ConfigSetting | undefined, whyNoForm: string | undefined): FieldFacts {
  const fixed = setting && fixedBy(setting);
  return {
    why: whyNoForm ?? fixed,
    fixed,
    given: setting?.source === 'file',
    link: (
      <Link to="/settings" search={{ key }} className="config-link" {...tip(t.settings.linkTo(key))}>
        <code>{key}</code>
      </Link>
    ),
    origin: setting && originOf(setting),
    badges: setting && badgesOf(setting),
  };
}

function fixedBy({ source, variable, option }: ConfigSetting): string | undefined {
  if (source === 'environment')
    return variable ? t.settings.setByVariable(variable) : t.settings.setElsewhere;
  if (source === 'command_line') return option ? t.settings.setByOption(option) : t.settings.setElsewhere;
  return undefined;
}

function originOf({ source, line }: ConfigSetting): ReactNode {
  if (source !== 'file') return undefined;
  if (line === undefined) return t.settings.inFileOnly;
  return (
    <Link to="/settings" search={{ view: 'toml', line }}>
      {t.settings.inFile(count(line))}
    </Link>
  );
}

const badgesOf = ({ restart, pending, in_force: inForce }: ConfigSetting): ReactNode =>
  pending ? (
    <>
      <StatusBadge tone="warn">{t.settings.pending}</StatusBadge>
      {inForce !== undefined && (
        <span className="dimmed config-in-force">{t.settings.pendingIs(sayValue(inForce))}</span>
      )}
    </>
  ) : restart ? (
    <StatusBadge tone="off">{t.settings.restart}</StatusBadge>
  ) : undefined;

/** Brings the setting that the address names into view, once for each time that it is named. */
function useShown(open: string | undefined, groups: readonly FormGroup[]) {
  const done = useRef<string>(undefined);
  useEffect(() => {
    if (open === undefined) done.current = undefined;
    if (open === undefined || done.current === open || groups.length === 0) return;
    const row = document.getElementById(`${fieldId(open)}-row`);
    if (!row) return;
    done.current = open;
    row.scrollIntoView({ block: 'center' });
    document.getElementById(fieldId(open))?.focus({ preventScroll: true });
  }, [open, groups]);
}
