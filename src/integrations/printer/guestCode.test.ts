import { expect, test } from 'vitest';
import { encodeGuestSlip } from './guestCode.ts';
import { paperText, readPapers } from './readPaper.ts';

const url = 'https://orders.example.com/track/vV3t0r9kQm2yZ1x8w7u6sA';
const slip = { place: 'Café Mañana', order: '#42', say: 'Siga su pedido', url };

test('[T51] the paper of a guest’s link holds a code with the whole address, and the address to be typed', () => {
  const bytes = Buffer.from(encodeGuestSlip(slip));
  // GS ( k, cn 49: store the data (fn 80) and print it (fn 81).
  const store = bytes.indexOf(
    Buffer.from([0x1d, 0x28, 0x6b, (url.length + 3) & 255, (url.length + 3) >> 8, 49, 80, 48]),
  );
  expect(store).toBeGreaterThan(0);
  expect(bytes.subarray(store + 8, store + 8 + url.length).toString('latin1')).toBe(url);
  expect(bytes.indexOf(Buffer.from([0x1d, 0x28, 0x6b, 3, 0, 49, 81, 48]))).toBeGreaterThan(store);
  const typed = bytes.toString('latin1').slice(store + 8 + url.length);
  const address = url.slice('https://'.length);
  expect(typed).toContain(address.slice(0, 42));
  expect(typed).toContain(address.slice(42));
});

test('[PR24] a guest slip read back: whose order, where to follow it, the code, and it is cut', () => {
  const { papers, rest } = readPapers(encodeGuestSlip(slip));
  expect(rest).toHaveLength(0);
  expect(papers).toHaveLength(1);
  const [paper] = papers;
  expect(paper?.codes).toEqual([url]);
  expect(paper && paperText(paper).replaceAll(/^(## )? +/gm, '$1')).toBe(
    'Café Mañana\n## #42\nSiga su pedido\n\norders.example.com/track/vV3t0r9kQm2yZ1x8w\n7u6sA',
  );
});

test('[PR24] an address without encryption is printed whole, and long names keep to the paper', () => {
  const { papers } = readPapers(
    encodeGuestSlip({
      place: 'The Very Long Name of a Restaurant at the Harbour, Second Floor',
      order: 'A-LONG-NUMBER-OF-SOME-PLATFORM',
      say: 'Follow your order',
      url: 'http://192.168.1.20:8080/track/vV3t0r9kQm2yZ1x8w7u6sA',
    }),
  );
  const lines = papers[0]?.lines ?? [];
  for (const { text, wide } of lines) expect(text.length).toBeLessThanOrEqual(wide ? 21 : 42);
  expect(lines.map(({ text }) => text).join('')).toContain('http://192.168.1.20:8080/track/');
});

test('[PR24] a reader skips a code by the length it says, also where its data look like a cut', () => {
  const cutInside = 'x\u001dV\u0000y\n';
  const bytes = Uint8Array.from([
    ...[0x1d, 0x28, 0x6b, cutInside.length + 3, 0, 49, 80, 48],
    ...Buffer.from(cutInside, 'latin1'),
    ...[0x1d, 0x28, 0x6b, 3, 0, 49, 81, 48],
    ...Buffer.from('after\n', 'latin1'),
    ...[0x1d, 0x56, 1],
  ]);
  const { papers } = readPapers(bytes);
  expect(papers.map(paperText)).toEqual(['after']);
  expect(papers[0]?.codes).toEqual([cutInside]);
  // Cut short within the code: nothing is invented, nothing hangs.
  expect(readPapers(bytes.subarray(0, 6)).papers).toEqual([]);
});
