import type { deviceEn } from './device.en.ts';

export const deviceEs: Record<keyof typeof deviceEn, string> = {
  'able.title': 'Lo que este aparato no puede',
  'able.more': '{count, plural, one {+# más} other {+# más}}',
  'able.why.plain': 'Esta página vino por http sin cifrar. Por https el navegador permite más.',
  'able.why.browser': 'Este navegador o sus ajustes no lo permiten.',
  'able.trust': 'Preparar una conexión segura',
  'able.storage.chip': 'se pierde al recargar',
  'able.storage.say':
    'El navegador no quiere guardar los toques: no hay sitio o es una ventana privada. Lo que toques se envía como siempre, pero lo que aún no se envió se pierde al recargar la página.',
  'able.shell.chip': 'solo abre con red',
  'able.shell.say':
    'Mientras la página siga abierta, los toques se guardan y se envían después. Si se recarga o se reinicia sin red, no abre.',
  'able.awake.chip': 'esta tableta puede dormirse',
  'able.awake.say': 'Desactiva el apagado de la pantalla en los ajustes de la tableta.',
  'able.push.say': 'Los avisos llegan solo con una página abierta.',
  'able.locks.say':
    'Las páginas de este aparato se turnan con notas en su memoria; cada toque llega una sola vez.',
  'able.persist.say': 'Un aparato sin espacio puede borrar lo que aún no se envió.',
  'able.crypto.say': 'Los nombres salen de los números al azar del navegador; no falta nada más.',
  'taps.title': 'Toques de este aparato',
  'taps.look': '{count, plural, one {# toque por revisar} other {# toques por revisar}}',
  'taps.none': 'Todo está enviado.',
  'taps.unsent': 'Aún sin enviar; se vuelve a intentar solo.',
  'taps.stale': 'Hace más de 10 minutos. ¿Se cantó de viva voz?',
  'taps.held': 'De {name}. Espera a que entre aquí.',
  'taps.memory': 'Se pierde al recargar.',
  'taps.expired': 'Demasiado viejo: no se envió. Mira la comanda y toca otra vez.',
  'taps.refused': 'Rechazado: {detail}',
  'taps.send': 'Enviar',
  'taps.takeBack': 'Retirar',
  'taps.dismiss': 'Visto',
  'taps.somebody': 'otra persona',
  'tap.order': 'pedido',
  'tap.item': 'cambio de un plato',
  'tap.ready': 'plato listo',
  'tap.bump': 'despachar',
  'tap.ticket': 'toque en una comanda',
  'tap.menu': 'agotado',
  'tap.table': 'mesa',
  'tap.other': 'ajuste',
  'leave.title': '¿Salir con toques sin enviar?',
  'leave.say':
    '{count, plural, one {# toque tuyo aún no se envió. Se queda en este aparato y sale cuando vuelvas a entrar aquí.} other {# toques tuyos aún no se enviaron. Se quedan en este aparato y salen cuando vuelvas a entrar aquí.}}',
  'leave.go': 'Salir de todos modos',
  'leave.stay': 'Quedarme',
  'held.wait':
    '{count, plural, one {# toque espera aquí a que entre {name}.} other {# toques esperan aquí a que entre {name}.}}',
  'forgot.title':
    '{count, plural, one {# comanda de esta pantalla ya no la conoce el servidor.} other {# comandas de esta pantalla ya no las conoce el servidor.}}',
  'forgot.say': 'El servidor volvió a un estado anterior. ¿Las dejas en la pantalla o las quitas?',
  'forgot.older':
    '{count, plural, one {# comanda se muestra como la conoce el servidor: más atrasada que aquí.} other {# comandas se muestran como las conoce el servidor: más atrasadas que aquí.}}',
  'forgot.keep': 'Dejar',
  'forgot.remove': 'Quitar',
  'forgot.kept': '{count, plural, one {# comanda solo aquí} other {# comandas solo aquí}}',
};
