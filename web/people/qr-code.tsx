import { generate } from 'lean-qr';
import { useMemo } from 'preact/hooks';

/** The light margin that readers need, in modules (ISO/IEC 18004). */
const margin = 4;

/** A text as a QR code: dark on light in both themes, as readers expect it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg
      class="qr-code"
      viewBox={`${-margin} ${-margin} ${size + 2 * margin} ${size + 2 * margin}`}
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}

/** One square for each dark module. */
function draw(text: string): { size: number; path: string } {
  const code = generate(text);
  const numbers = Array.from({ length: code.size }, (_, i) => i);
  const dark = numbers.flatMap((y) => numbers.flatMap((x) => (code.get(x, y) ? `M${x} ${y}h1v1h-1z` : [])));
  return { size: code.size, path: dark.join('') };
}
