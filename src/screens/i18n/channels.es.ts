import type { channelsEn } from './channels.en.ts';

export const channelsEs: Record<keyof typeof channelsEn, string> = {
  'channels.title': 'Canales',
  'channels.none':
    'No hay canales. Los canales están en la configuración; un enlace une cada uno a su proveedor.',
  'channels.failed': 'El servidor no responde. Lo que se muestra de los enlaces puede ser viejo.',
  'channels.notSent': 'No se envió. Inténtalo de nuevo.',
  'channels.dead':
    'Sin hacer de lo que enviaron las plataformas: {dead, plural, one {# abandonado} other {# abandonados}}, {failed, plural, one {# se intenta otra vez} other {# se intentan otra vez}}.',
  'channels.toDeliveries': 'Verlos',
  'channels.waiting': 'Esperan nuestro sí',
  'channels.noneWaits': 'Nada espera.',
  'channels.going': '{count, plural, one {# pedido abierto más} other {# pedidos abiertos más}}',
  'channels.refused': 'Rechazado por la plataforma',
  'channels.others': 'Otras líneas con el exterior',
  'channels.link.none': 'sin enlace',
  'channels.link.broken': 'no puede funcionar',
  'channels.link.silent': 'enlazado, aún no llegó nada',
  'channels.link.fine': 'enlazado',
  'channels.notPutThrough': 'No se pasó una llamada ({time})',
  'channels.lastHeard': 'última vez {time}',
  'channels.missing': 'falta: {fields}',
  'channels.noAddress': 'hay que crear su dirección de nuevo',
  'channels.simulator': 'simulador',
  'channels.sandbox': 'pruebas',
};
