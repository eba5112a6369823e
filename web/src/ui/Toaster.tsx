/**
 * Shows the short messages. The list of them is the library's, its looks are not: what it brings for dragging and
 * animation weighs more than all of this.
 */
import { type NotificationData, notifications, useNotifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';

const STAYS_MS = 5_000;

const TONES: Record<string, 'good' | 'bad' | 'warn'> = {
  teal: 'good',
  green: 'good',
  red: 'bad',
  yellow: 'warn',
  orange: 'warn',
};
const ICONS = {
  good: IconCircleCheck,
  bad: IconAlertTriangle,
  warn: IconAlertTriangle,
  info: IconInfoCircle,
};

const inTopLayer = () => 'showPopover' in HTMLElement.prototype;

export function Toaster() {
  const { notifications: shown } = useNotifications();
  const box = useRef<HTMLDivElement>(null);
  const newest = shown.at(-1)?.id;
  // Always there, so that what comes is read out; raised again where a dialog came over it meanwhile.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new one has to be seen
  useEffect(() => {
    const node = box.current;
    if (!node || !inTopLayer()) return;
    if (node.matches(':popover-open')) {
      if (!document.querySelector('dialog[open]')) return;
      node.hidePopover();
    }
    node.showPopover();
  }, [newest]);
  return (
    <div ref={box} className="toasts" popover={inTopLayer() ? 'manual' : undefined} aria-live="polite">
      {shown.map((one) => (
        <Toast key={one.id} toast={one} />
      ))}
    </div>
  );
}

function Toast({ toast }: { toast: NotificationData }) {
  const { id = '', title, message, color, autoClose, role } = toast;
  const [held, setHeld] = useState(false);
  const stays = autoClose === false ? undefined : typeof autoClose === 'number' ? autoClose : STAYS_MS;
  useEffect(() => {
    if (held || stays === undefined) return;
    const timer = setTimeout(() => notifications.hide(id), stays);
    return () => clearTimeout(timer);
  }, [held, stays, id]);
  const tone = TONES[String(color)] ?? 'info';
  const Icon = ICONS[tone];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stays while it is looked at
    <div
      className="toast-card"
      role={role}
      data-tone={tone}
      // Nothing goes away under the mouse or the keyboard.
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={19} stroke={1.8} aria-hidden className="toast-icon" />
      <div className="toast-text">
        {title && <div className="toast-title">{title}</div>}
        <div>{message}</div>
      </div>
      <button
        type="button"
        className="toast-close"
        aria-label={t.common.close}
        onClick={() => notifications.hide(id)}
      >
        <IconX size={16} stroke={1.8} aria-hidden />
      </button>
    </div>
  );
}
