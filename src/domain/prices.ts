/** "1.200" is a thousand where money has cents, and one and a fifth where it has thousandths. */
const GROUPED = /^(-?)(\d{1,3}(?:[.,]\d{3})+|\d{1,9})(?:[.,](\d{1,4}))?$/;
const PLAIN = /^(-?)(\d{1,9})(?:[.,](\d{1,4}))?$/;

/** Money as people write it: `13.50`, `13,5`, `1 200`, `$4`; null when it is none, or finer than the currency. */
export function readPrice(said: string, digits: number): number | null {
  const plain = said.replaceAll(/[\s\u00a0\u202f$€£¥]/g, '');
  const match = (digits === 3 ? PLAIN : GROUPED).exec(plain);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const rest = fraction.padEnd(digits, '0');
  if (rest.length > digits && /[1-9]/.test(rest.slice(digits))) return null;
  const amount = Number(`${whole.replaceAll(/[.,]/g, '')}${rest.slice(0, digits)}`);
  if (amount > 100_000_000) return null;
  return sign === '-' ? -amount : amount;
}

export function writePrice(amount: number, digits: number): string {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
