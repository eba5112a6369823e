import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown';

const show = (text: string, growing = false) =>
  render(
    <MantineProvider>
      <Markdown text={text} growing={growing} />
    </MantineProvider>,
  );

describe('an answer', () => {
  it('never runs what the model wrote', () => {
    const { container } = show(
      '<script>alert(1)</script><img src=x onerror=alert(1)>\n\n<iframe src="https://evil.example"></iframe>\n\n[x](javascript:alert(1)) [y](data:text/html,hi)',
    );
    expect(container.querySelector('script, iframe, img, [onerror]')).toBeNull();
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toBeNull();
  });
  it('never loads a picture from elsewhere: it is a link', () => {
    const { container } = show('![secret](https://evil.example/?q=1)');
    expect(container.querySelector('img')).toBeNull();
    const link = screen.getByRole('link', { name: 'image: secret' });
    expect(link).toHaveAttribute('href', 'https://evil.example/?q=1');
    expect(link).toHaveAttribute('rel', expect.stringContaining('noreferrer'));
  });
  it('shows half a bold run as bold while it grows', () => {
    show('this is **bol', true);
    expect(screen.getByText('bol').tagName).toBe('STRONG');
  });
  it('has tables, task lists with names, and code with a copy button', () => {
    show('| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] read\n\n```rust\nfn main() {}\n```');
    expect(screen.getByRole('table')).toBeInTheDocument();
    expect(screen.getByRole('checkbox', { name: 'Done' })).toBeChecked();
    expect(screen.getByRole('group', { name: 'rust code' })).toHaveTextContent('fn main() {}');
    expect(screen.getByRole('button', { name: 'Copy code' })).toBeInTheDocument();
  });
  it('colours finished code', async () => {
    const { container } = show('```rust\nlet a = 1;\n```');
    await expect.poll(() => container.querySelector('.hljs-keyword')?.textContent).toBe('let');
  });
});
