/** The head of what comes from the side: its name, what can be done, and the way out. */
import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n';
import { tip } from '@/ui/Tips';

interface SheetHeadProps {
  title: string;
  onClose: () => void;
  children?: ReactNode;
}

export const SheetHead = ({ title, onClose, children }: SheetHeadProps) => (
  <div className="line-head">
    <h2 className="logs-sheet-title">{title}</h2>
    {children}
    <ActionIcon variant="subtle" color="gray" {...tip(t.common.close)} onClick={onClose}>
      <IconX size={17} aria-hidden />
    </ActionIcon>
  </div>
);
