/** The tab's picture, with a dot and a number on it while something waits. */

const SIZE = 64;
const PLAIN = '/favicon.svg';

let wanted = 0;
let drawing = false;

const iconLink = () => document.querySelector<HTMLLinkElement>('link[rel="icon"]');

/** What stands in the dot: there is room for two characters. */
export const dotText = (count: number) => (count > 9 ? '9+' : String(count));

async function mark(): Promise<HTMLImageElement> {
  const image = new Image(SIZE, SIZE);
  image.src = PLAIN;
  await image.decode();
  return image;
}

function draw(image: HTMLImageElement, count: number): string | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext('2d');
  if (!pen) return undefined;
  pen.drawImage(image, 0, 0, SIZE, SIZE);
  const radius = 21;
  const x = SIZE - radius;
  const y = SIZE - radius;
  // A gap around the dot sets it off from the mark on any colour of tab.
  pen.globalCompositeOperation = 'destination-out';
  pen.beginPath();
  pen.arc(x, y, radius + 4, 0, 2 * Math.PI);
  pen.fill();
  pen.globalCompositeOperation = 'source-over';
  pen.fillStyle = '#d6336c';
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.font = `700 ${count > 9 ? 25 : 31}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(dotText(count), x, y + 2);
  return canvas.toDataURL('image/png');
}

/** Shows `count` on the tab's picture; nothing for 0. A browser that cannot draw it keeps the plain one. */
export function showOnFavicon(count: number) {
  wanted = count;
  if (!drawing) void redraw();
}

async function redraw() {
  drawing = true;
  try {
    for (let shown = -1; shown !== wanted; ) {
      const count = wanted;
      const picture = count > 0 ? draw(await mark(), count) : PLAIN;
      const link = iconLink();
      if (link && picture) {
        link.type = picture === PLAIN ? 'image/svg+xml' : 'image/png';
        link.href = picture;
      }
      shown = count;
    }
  } catch {
    // The title says it too.
  } finally {
    drawing = false;
  }
}
