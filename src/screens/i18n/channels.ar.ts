import type { channelsEn } from './channels.en.ts';

export const channelsAr: Record<keyof typeof channelsEn, string> = {
  'channels.title': 'القنوات',
  'channels.none': 'لا قنوات بعد. القنوات في الإعدادات، ورابط يصل كل قناة بمزوّدها.',
  'channels.failed': 'الخادم لا يجيب. ما يُعرض عن الروابط قد يكون قديمًا.',
  'channels.notSent': 'لم يُرسل. حاول مرة أخرى.',
  'channels.dead':
    'مما أرسلته المنصات ولم يُنجز: {dead, plural, zero {لا متروك} one {متروك واحد} two {متروكان} few {# متروكة} many {# متروكًا} other {# متروك}}، {failed, plural, zero {لا إعادة} one {واحد يُعاد} two {اثنان يُعادان} few {# تُعاد} many {# تُعاد} other {# تُعاد}}.',
  'channels.toDeliveries': 'انظر إليها',
  'channels.waiting': 'تنتظر قبولنا',
  'channels.noneWaits': 'لا شيء ينتظر.',
  'channels.going':
    '{count, plural, zero {لا طلبات أخرى} one {طلب مفتوح آخر} two {طلبان مفتوحان آخران} few {# طلبات مفتوحة أخرى} many {# طلبًا مفتوحًا آخر} other {# طلب مفتوح آخر}}',
  'channels.refused': 'رفضته المنصة',
  'channels.others': 'خطوط أخرى إلى الخارج',
  'channels.link.none': 'بلا رابط',
  'channels.link.broken': 'لا يمكن أن يعمل',
  'channels.link.silent': 'موصول، لم يصل شيء بعد',
  'channels.link.fine': 'موصول',
  'channels.notPutThrough': 'لم تُحوَّل مكالمة ({time})',
  'channels.lastHeard': 'آخر مرة {time}',
  'channels.missing': 'ينقص: {fields}',
  'channels.noAddress': 'يلزم إنشاء عنوانه من جديد',
  'channels.simulator': 'محاكٍ',
  'channels.sandbox': 'تجريبي',
};
