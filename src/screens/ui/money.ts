import { currentLanguage } from '../i18n/words.tsx';
import { localeOf } from '../i18n/language.ts';

/** Money as every screen writes it, from minor units. Western digits in all languages. */

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, withSign: boolean): Intl.NumberFormat {
  // Money stands left to right in Arabic too, so that it matches the paper and the card terminal.
  const locale = currentLanguage() === 'ar' ? 'en' : localeOf(currentLanguage());
  const key = `${locale}|${currency}|${String(withSign)}`;
  let found = formats.get(key);
  if (!found) {
    const digits =
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2;
    found = withSign
      ? new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
      : new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, found);
  }
  return found;
}

/** How many minor units make one of the currency: 100 for USD, 1 for JPY, 1000 for KWD. */
export function minorUnits(currency: string): number {
  return (
    10 **
    (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2)
  );
}

/** `$65.00`: a total. */
export function moneyText(minor: number, currency: string): string {
  return format(currency, true).format(minor / minorUnits(currency));
}

/** `13.50`: a price among prices, where the currency is clear. */
export function amountText(minor: number, currency: string): string {
  return format(currency, false).format(minor / minorUnits(currency));
}
