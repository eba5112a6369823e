/**
 * A dialog of the browser's own: it keeps the focus inside, stands over everything, and closes by Escape, by a click
 * beside it and by a phone's way back. `side` makes it a drawer.
 */
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';

export interface SheetProps {
  label: string;
  className?: string;
  side?: 'left' | 'right';
  /** What gets the focus first; otherwise the first that can have it. */
  focus?: RefObject<HTMLElement | null>;
  onClose: () => void;
  children: ReactNode;
}

export function Sheet({ label, className, side, focus, onClose, children }: SheetProps) {
  const box = useRef<HTMLDialogElement>(null);
  const closing = useRef(onClose);
  closing.current = onClose;

  useEffect(() => {
    const node = box.current;
    if (!node) return;
    const before = document.activeElement;
    node.showModal?.();
    focus?.current?.focus();
    return () => {
      node.close?.();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [focus]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it by "cancel"
    <dialog
      ref={box}
      className={className ? `sheet ${className}` : 'sheet'}
      data-side={side}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        closing.current();
      }}
      onClose={() => {
        // It may have been opened again before the news of its closing came.
        if (!box.current?.open) closing.current();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) closing.current();
      }}
    >
      <div className="sheet-body">{children}</div>
    </dialog>
  );
}
