/** The drawing frame: takes the text of a diagram, answers with its picture. It has a page and a policy of its own. */
import mermaid from 'mermaid';
import type { DrawAnswer, Drawn, DrawOrder } from './diagrams';

const FONT = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const COLOURS = {
  light: {
    darkMode: false,
    background: '#ffffff',
    primaryColor: '#dff1f5',
    primaryTextColor: '#16222a',
    primaryBorderColor: '#0c6d80',
    lineColor: '#4d5a63',
    secondaryColor: '#eef2f4',
    tertiaryColor: '#f6f8f9',
  },
  dark: {
    darkMode: true,
    background: '#101316',
    primaryColor: '#123a44',
    primaryTextColor: '#e6ecef',
    primaryBorderColor: '#6bc2d5',
    lineColor: '#9aa5ad',
    secondaryColor: '#22282d',
    tertiaryColor: '#1b1f23',
  },
};

/** What the text of a diagram may not change. */
const SETTLED = [
  'secure',
  'securityLevel',
  'startOnLoad',
  'suppressErrorRendering',
  'maxTextSize',
  'maxEdges',
  'theme',
  'themeCSS',
  'themeVariables',
  'fontFamily',
  'altFontFamily',
  'htmlLabels',
  'dompurifyConfig',
];

/** HTML in labels is shown as what it is. The signs of a tag's ends would be markup again, so they are named. */
const withoutTags = (source: string) =>
  source.replace(/(?<!<)<([a-z][\w-]*\s[^<>]*)>(?!>)/gi, (_, inside) => `#lt;${inside}#gt;`);

const answer = (message: DrawAnswer) => parent.postMessage(message, location.origin);

/** As a picture it has to be whole by itself: well-formed, and with a size. */
function asPicture(markup: string): Omit<Drawn, 'kind'> {
  const svg = new DOMParser().parseFromString(markup, 'text/html').querySelector('svg');
  if (!svg) throw new Error('no picture');
  const [, , width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (!(width > 0 && height > 0)) throw new Error('no size');
  svg.setAttribute('width', `${width}`);
  svg.setAttribute('height', `${height}`);
  return {
    svg: new XMLSerializer().serializeToString(svg),
    width: Math.ceil(width),
    height: Math.ceil(height),
  };
}

async function draw({ id, source, scheme }: DrawOrder) {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    // Words as SVG and not as HTML inside of it: pictures with HTML are not shown everywhere.
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    theme: 'base',
    themeVariables: { ...COLOURS[scheme], fontFamily: FONT, fontSize: '14px' },
    fontFamily: FONT,
    maxTextSize: 20_000,
    maxEdges: 400,
    secure: SETTLED,
  });
  const { svg, diagramType } = await mermaid.render(`diagram-${id}`, withoutTags(source));
  return { ...asPicture(svg), kind: diagramType };
}

window.addEventListener('message', (event: MessageEvent<DrawOrder>) => {
  if (event.source !== parent || event.origin !== location.origin) return;
  const { id } = event.data;
  draw(event.data).then(
    (drawn) => answer({ id, drawn }),
    () => answer({ id, failed: true }),
  );
});
answer({ ready: true });
