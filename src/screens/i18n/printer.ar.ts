import type { printerEn } from './printer.en.ts';

export const printerAr: Record<keyof typeof printerEn, string> = {
  'printer.title': 'الطابعة {name}',
  'printer.asking': 'نسأل الخادم …',
  'printer.checked': 'جرى التحقق {at}',
  'printer.lost': 'الخادم لا يجيب. ما يُطبع في هذه الأثناء سيظهر هنا.',
  'printer.none': 'لم يُطبع شيء بعد.',
  'printer.code': 'رمز لهاتف الضيف',
  'printer.at': 'طُبع في {at}',
};
