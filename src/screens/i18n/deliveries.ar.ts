import type { deliveriesEn } from './deliveries.en.ts';

export const deliveriesAr: Record<keyof typeof deliveriesEn, string> = {
  'deliveries.title': 'الرسائل الواردة',
  'deliveries.say': 'ما أرسلته منصات التوصيل وخدمات الهاتف خلال آخر 30 يومًا.',
  'deliveries.filter': 'عرض',
  'deliveries.all': 'الكل',
  'deliveries.channel': 'القناة',
  'deliveries.everyChannel': 'كل القنوات',
  'deliveries.waiting': 'في الانتظار',
  'deliveries.failed': 'تُعاد المحاولة',
  'deliveries.dead': 'متروكة',
  'deliveries.done': 'تمّت',
  'deliveries.ignored': 'لا شيء للعمل',
  'deliveries.at': 'وصلت',
  'deliveries.event': 'ماهيتها',
  'deliveries.status': 'حالتها',
  'deliveries.note': 'ملاحظة',
  'deliveries.tries':
    '{count, plural, zero {# محاولة} one {محاولة #} two {محاولتان (#)} few {# محاولات} many {# محاولة} other {# محاولة}}',
  'deliveries.repeats':
    '{count, plural, zero {أُعيد إرسالها # مرة} one {أُعيد إرسالها مرة (#)} two {أُعيد إرسالها مرتين (#)} few {أُعيد إرسالها # مرات} many {أُعيد إرسالها # مرة} other {أُعيد إرسالها # مرة}}',
  'deliveries.replays':
    '{count, plural, zero {نُفّذت يدويًا # مرة} one {نُفّذت يدويًا مرة أخرى (#)} two {نُفّذت يدويًا مرتين (#)} few {نُفّذت يدويًا # مرات} many {نُفّذت يدويًا # مرة} other {نُفّذت يدويًا # مرة}}',
  'deliveries.none': 'لم يصل شيء بعد. تُربط القنوات في الإعداد، وهنا يظهر ما ترسله.',
  'deliveries.noneOfThese': 'لا شيء من هذا النوع.',
  'deliveries.noneDead': 'لم يُترك شيء.',
  'deliveries.deadSay':
    '{count, plural, zero {تُركت # رسالة بعد نصف ساعة من المحاولات.} one {تُركت رسالة واحدة (#) بعد نصف ساعة من المحاولات.} two {تُركت رسالتان (#) بعد نصف ساعة من المحاولات.} few {تُركت # رسائل بعد نصف ساعة من المحاولات.} many {تُركت # رسالة بعد نصف ساعة من المحاولات.} other {تُركت # رسالة بعد نصف ساعة من المحاولات.}} ما فيها لم يحدث هنا.',
  'deliveries.replayAll': 'إعادة المحاولة للكل',
  'deliveries.replay': 'تنفيذها من جديد',
  'deliveries.replaySay': 'ما تم بالفعل لا يُنفّذ مرتين.',
  'deliveries.replayed':
    '{count, plural, =0 {لا شيء يُعاد} zero {لا شيء يُعاد (#)} one {تُنفّذ واحدة (#) من جديد} two {تُنفّذ اثنتان (#) من جديد} few {تُنفّذ # من جديد} many {تُنفّذ # من جديد} other {تُنفّذ # من جديد}}',
  'deliveries.open': 'عرض {event} في {time}',
  'deliveries.older': 'الأقدم',
  'deliveries.asking': 'نسأل الخادم…',
  'deliveries.failedToAsk': 'الخادم لا يجيب. قد يكون المعروض قديمًا.',
  'deliveries.refused': 'رفض الخادم: {why}',
  'deliveries.body': 'كما وصلت',
  'deliveries.binary': 'ليست نصًا: معروضة بصيغة base64',
  'deliveries.headers': 'الترويسات',
};
