/** How the page looks and behaves in this browser: theme, language, density, keys. Nothing of it leaves the browser. */
import './appearance.css';
import { Button, NativeSelect, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconKeyboard, IconMoon, IconSun } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { singleKeys } from '@/app/keys';
import { type Density, density } from '@/app/prefs';
import { showKeys } from '@/app/showKeys';
import { chooseLocale, localeName, locales, savedLocale, systemLocale, t } from '@/i18n';
import { PageHeader } from '@/ui/PageHeader';
import { toast } from '@/ui/toast';

const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;
const SYSTEM = 'system';

export default function AppearancePage() {
  return (
    <div className="page" data-width="narrow">
      <PageHeader title={t.appearance.title} sub={t.appearance.sub} />
      <div className="card settings">
        <Theme />
        <Language />
        <DensityRow />
        <Keys />
      </div>
    </div>
  );
}

interface RowProps {
  label: string;
  hint?: string;
  wide?: boolean;
  children: (labelId: string) => ReactNode;
}

function Row({ label, hint, wide, children }: RowProps) {
  const id = useId();
  return (
    <section className="setting" data-wide={wide || undefined}>
      <div className="setting-words">
        <h2 id={id} className="setting-name">
          {label}
        </h2>
        {hint && <p className="setting-hint">{hint}</p>}
      </div>
      <div className="setting-control">{children(id)}</div>
    </section>
  );
}

function Theme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = useId();
  return (
    <Row label={t.appearance.theme} wide>
      {(label) => (
        <div className="schemes" role="radiogroup" aria-labelledby={label}>
          {SCHEMES.map(([scheme, Icon]) => (
            <label key={scheme} className="scheme">
              <input
                type="radio"
                name={name}
                value={scheme}
                checked={colorScheme === scheme}
                onChange={() => setColorScheme(scheme)}
              />
              <span className="scheme-picture" data-scheme={scheme} aria-hidden>
                <span className="scheme-side" />
                <span className="scheme-lines">
                  <span />
                  <span />
                  <span />
                </span>
              </span>
              <span className="scheme-name">
                <Icon size={16} stroke={1.7} aria-hidden />
                {t.theme[scheme]}
              </span>
            </label>
          ))}
        </div>
      )}
    </Row>
  );
}

function Language() {
  const [chosen, setChosen] = useState(savedLocale() ?? SYSTEM);
  const [busy, setBusy] = useState(false);
  const choose = async (next: string) => {
    setChosen(next);
    setBusy(true);
    try {
      await chooseLocale(next === SYSTEM ? undefined : next);
    } catch (error) {
      setChosen(savedLocale() ?? SYSTEM);
      toast.failed(error, t.appearance.languageFailed);
    }
    setBusy(false);
  };
  return (
    <Row label={t.appearance.language} hint={t.appearance.languageHint}>
      {(label) => (
        <NativeSelect
          aria-labelledby={label}
          value={chosen}
          disabled={busy}
          onChange={(event) => void choose(event.currentTarget.value)}
          data={[
            { value: SYSTEM, label: t.appearance.system(localeName(systemLocale())) },
            ...locales.map((tag) => ({ value: tag, label: localeName(tag) })),
          ]}
        />
      )}
    </Row>
  );
}

function DensityRow() {
  const now = density.use();
  return (
    <Row label={t.appearance.density} hint={t.appearance.densityHint}>
      {(label) => (
        <SegmentedControl
          aria-labelledby={label}
          value={now}
          onChange={(next) => density.set(next as Density)}
          data={(['calm', 'compact'] as const).map((value) => ({
            value,
            label: t.appearance.densities[value],
          }))}
        />
      )}
    </Row>
  );
}

function Keys() {
  const on = singleKeys.use();
  return (
    <Row label={t.keys.single} hint={t.keys.singleHint}>
      {(label) => (
        <>
          <Switch
            aria-labelledby={label}
            checked={on}
            onChange={(event) => singleKeys.set(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconKeyboard size={16} stroke={1.7} aria-hidden />}
            onClick={showKeys}
          >
            {t.appearance.showKeys}
          </Button>
        </>
      )}
    </Row>
  );
}
