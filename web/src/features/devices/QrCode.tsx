/** A QR code as a picture that needs nothing but the page: dark on light in both schemes, or scanners give up. */
import { encode } from 'uqr';
import { t } from '@/i18n';

const QUIET = 2;

export default function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={t.devices.qr(label)}
    >
      <path d={path} />
    </svg>
  );
}
