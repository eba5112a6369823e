/** All that the keys do right now, on one sheet. */
import './keymap.css';
import { Switch } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { t } from '@/i18n';
import { KeyHint } from '@/ui/KeyHint';
import { Sheet } from '@/ui/Sheet';
import { type KeyBinding, singleKeys, useKeyMap } from './keys';

const GROUPS = ['page', 'do', 'go'] as const;

/** Who came last has a key; what it meant before is not shown. */
export function inGroups(map: readonly KeyBinding[]) {
  const seen = new Set<string>();
  const shown = map.filter(({ keys }) => {
    if (seen.has(keys)) return false;
    seen.add(keys);
    return true;
  });
  return GROUPS.map((group) => ({
    group,
    bindings: shown.filter((binding) => (binding.group ?? 'page') === group),
  })).filter(({ bindings }) => bindings.length > 0);
}

export default function KeyMap({ onClose }: { onClose: () => void }) {
  const map = useKeyMap();
  const on = singleKeys.use();
  return (
    <Sheet label={t.keys.title} className="key-map" onClose={onClose}>
      <div className="key-map-head">
        <h2 className="panel-title">{t.keys.title}</h2>
        <button type="button" className="side-fold" aria-label={t.common.close} onClick={onClose}>
          <IconX size={18} stroke={1.7} aria-hidden />
        </button>
      </div>
      <div className="key-map-groups">
        {inGroups(map).map(({ group, bindings }) => (
          <section key={group} aria-label={t.keys.groups[group]}>
            <h3>{t.keys.groups[group]}</h3>
            <dl>
              {bindings.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    <KeyHint keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="key-map-foot">
        <Switch
          checked={on}
          label={t.keys.single}
          description={t.keys.singleHint}
          onChange={(event) => singleKeys.set(event.currentTarget.checked)}
        />
      </div>
    </Sheet>
  );
}
