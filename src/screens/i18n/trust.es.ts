import type { trustEn } from './trust.en.ts';

export const trustEs: Record<keyof typeof trustEn, string> = {
  'trust.title': 'Una conexión segura con este restaurante',
  'trust.why':
    'Este servidor hizo su propio certificado. Instalado una vez en un aparato, las páginas abren sin red, la pantalla no se duerme y nadie en la Wi-Fi puede leer. Solo vale para direcciones de la red local.',
  'trust.already': 'Este aparato confía en el servidor.',
  'trust.open': 'Abrir la página segura',
  'trust.notYet': 'Este aparato todavía no confía en el servidor.',
  'trust.checking': 'Comprobando si este aparato confía en el servidor …',
  'trust.none':
    'Este servidor no tiene certificado propio. Quien lo opera lo inicia con --lan o pone delante un proxy con certificado.',
  'trust.scan': 'Abre esta página en otro aparato',
  'trust.compare': 'Compara esta huella en el aparato con la que muestra la pantalla del propio servidor:',
  'trust.until': 'Válido hasta el {date}.',
  'trust.crt': 'Descargar el certificado',
  'trust.profile': 'Descargar el perfil (iPad, iPhone, Mac)',
  'trust.pem': 'Certificado en PEM',
  'trust.android': 'Tableta Android',
  'trust.android.1': 'Descarga el certificado.',
  'trust.android.2':
    'Ajustes, Seguridad, Más ajustes de seguridad, Cifrado y credenciales, Instalar un certificado, Certificado de CA.',
  'trust.android.3': 'Elige «Instalar de todos modos» y el archivo heard-ca.crt de las descargas.',
  'trust.android.4': 'Vuelve aquí y abre la página segura.',
  'trust.ipad': 'iPad y iPhone',
  'trust.ipad.1': 'Descarga el perfil con Safari y permítelo.',
  'trust.ipad.2': 'Ajustes, Perfil descargado, Instalar.',
  'trust.ipad.3':
    'Ajustes, General, Información, Ajustes de certificados: activa «Heard of this restaurant».',
  'trust.ipad.4': 'Vuelve aquí y abre la página segura.',
  'trust.windows': 'Windows',
  'trust.windows.1': 'Descarga el certificado y abre el archivo.',
  'trust.windows.2':
    'Instalar certificado, Equipo local, «Colocar todos los certificados en el siguiente almacén», Entidades de certificación raíz de confianza.',
  'trust.windows.3': 'Cierra el navegador, ábrelo otra vez y abre la página segura.',
  'trust.mac': 'Mac',
  'trust.mac.1': 'Descarga el perfil y abre el archivo.',
  'trust.mac.2': 'Ajustes del Sistema, General, Gestión de dispositivos: instala «Heard».',
  'trust.mac.3': 'Cierra el navegador, ábrelo otra vez y abre la página segura.',
};
