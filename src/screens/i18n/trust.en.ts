/** How a device comes to trust the restaurant's own server. */
export const trustEn = {
  'trust.title': 'A secure connection to this restaurant',
  'trust.why':
    'This server made its own certificate. Installed once on a device, pages open without the network, the screen stays awake, and nobody on the Wi-Fi can read along. It is good for addresses of the local network only.',
  'trust.already': 'This device trusts the server.',
  'trust.open': 'Open the secure page',
  'trust.notYet': 'This device does not trust the server yet.',
  'trust.checking': 'Looking whether this device trusts the server …',
  'trust.none':
    'This server has no certificate of its own. Its operator starts it with --lan, or puts a proxy with a certificate before it.',
  'trust.scan': 'Open this page on another device',
  'trust.compare': 'Compare this fingerprint on the device with the one shown by the server’s own screen:',
  'trust.until': 'Good until {date}.',
  'trust.crt': 'Download the certificate',
  'trust.profile': 'Download the profile (iPad, iPhone, Mac)',
  'trust.pem': 'Certificate as PEM',
  'trust.android': 'Android tablet',
  'trust.android.1': 'Download the certificate.',
  'trust.android.2':
    'Settings, Security, More security settings, Encryption and credentials, Install a certificate, CA certificate.',
  'trust.android.3': 'Choose “Install anyway”, then the file heard-ca.crt from the downloads.',
  'trust.android.4': 'Come back here and open the secure page.',
  'trust.ipad': 'iPad and iPhone',
  'trust.ipad.1': 'Download the profile with Safari and allow it.',
  'trust.ipad.2': 'Settings, Profile Downloaded, Install.',
  'trust.ipad.3': 'Settings, General, About, Certificate Trust Settings: turn “Heard of this restaurant” on.',
  'trust.ipad.4': 'Come back here and open the secure page.',
  'trust.windows': 'Windows',
  'trust.windows.1': 'Download the certificate and open the file.',
  'trust.windows.2':
    'Install Certificate, Local Machine, “Place all certificates in the following store”, Trusted Root Certification Authorities.',
  'trust.windows.3': 'Close the browser, open it again, and open the secure page.',
  'trust.mac': 'Mac',
  'trust.mac.1': 'Download the profile and open the file.',
  'trust.mac.2': 'System Settings, General, Device Management: install “Heard”.',
  'trust.mac.3': 'Close the browser, open it again, and open the secure page.',
} as const;
