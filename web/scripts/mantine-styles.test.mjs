import { describe, expect, it } from 'vitest';
import { styleIndex, stylesFor } from './mantine-styles.mjs';

const index = styleIndex();
const files = (code) => stylesFor(code, index).map((style) => style.replace(/.*\/|\.layer\.css/g, ''));

describe('the styles that come with a component', () => {
  it('are its own, after those of its parts', () => {
    const button = files(`import { Button } from '@mantine/core';`);
    expect(button.at(-1)).toBe('Button');
    expect(button).toContain('UnstyledButton');
    const modal = files(`import { Modal } from '@mantine/core';`);
    expect(modal.indexOf('ModalBase')).toBeGreaterThanOrEqual(0);
    expect(modal.indexOf('ModalBase')).toBeLessThan(modal.indexOf('Modal'));
  });

  it('are found over several lines and names, and listed once', () => {
    const both = files(`import {\n  ActionIcon,\n  Button as B,\n} from '@mantine/core';`);
    expect(both).toContain('ActionIcon');
    expect(both).toContain('Button');
    expect(new Set(both).size).toBe(both.length);
  });

  it('are those of the other package too', () => {
    expect(stylesFor(`import { Notifications } from '@mantine/notifications';`, index)).toEqual(
      expect.arrayContaining([
        '@mantine/core/styles/Notification.layer.css',
        '@mantine/notifications/styles.layer.css',
      ]),
    );
  });

  it('are none for types, hooks and what is not Mantine', () => {
    expect(files(`import { type ButtonProps, useMantineTheme } from '@mantine/core';`)).toEqual([]);
    expect(files(`import { Button } from './Button';`)).toEqual([]);
  });
});
