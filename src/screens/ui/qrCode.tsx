import { useEffect, useState, type ReactElement } from 'react';

/** A text as a code for a camera. What stands around it must be light: no camera reads light on dark. */
export function QrCode({ text, label }: { text: string; label: string }): ReactElement | null {
  const [code, setCode] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let isGone = false;
    void import('uqr').then(({ encode }) => {
      const { size, data } = encode(text, { ecc: 'M', border: 4 });
      const path = data
        .flatMap((row, y) => row.flatMap((on, x) => (on ? `M${x} ${y}h1v1h-1z` : [])))
        .join('');
      if (!isGone) setCode({ size, path });
    });
    return () => {
      isGone = true;
    };
  }, [text]);
  if (code === null) return null;
  return (
    <svg viewBox={`0 0 ${code.size} ${code.size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={code.path} />
    </svg>
  );
}
