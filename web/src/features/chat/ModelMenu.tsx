/** Chooses a model: a button with its list, or the list alone beside whatever asked for it. Loaded when first wanted. */
import './models.css';
import { UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { lazy, type RefObject, Suspense, useCallback, useRef, useState } from 'react';
import { disabledBecause } from '@/ui/disabledBecause';
import { shortName } from './models.logic';

const Picker = lazy(() => import('./ModelPicker'));

export interface ModelPickerProps {
  /** What it is for, and its name. */
  label: string;
  /** `provider/model`; undefined stands for what is configured. */
  value: string | undefined;
  /** What it stands beside, and what has the focus afterwards. */
  anchor: RefObject<HTMLElement | null>;
  /** undefined: what is configured. */
  onPick: (model: string | undefined) => void;
  onClose: () => void;
}

/** The list, open. */
export const ModelPicker = (props: ModelPickerProps) => (
  <Suspense fallback={null}>
    <Picker {...props} />
  </Suspense>
);

export interface ModelMenuProps extends Pick<ModelPickerProps, 'label' | 'value' | 'onPick'> {
  /** The name on the button: of the model chosen, or of the one that is configured. */
  name: string;
  /** Why it can't be chosen now. */
  why?: string;
}

export function ModelMenu({ label, name, value, onPick, why }: ModelMenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <UnstyledButton
        ref={button}
        className="model-button"
        aria-label={label}
        data-tip={name}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-chosen={value !== undefined || undefined}
        onClick={() => setOpen(!open)}
        {...disabledBecause(why)}
      >
        <span className="model-name">{shortName(name)}</span>
        <IconChevronDown size={14} aria-hidden />
      </UnstyledButton>
      {open && <ModelPicker label={label} value={value} anchor={button} onPick={onPick} onClose={close} />}
    </>
  );
}
