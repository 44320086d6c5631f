import { createHash } from 'node:crypto';

/** What an iPad or a Mac takes as "a profile was downloaded": the authority's certificate, with words around it. */
export function trustProfile(der: Buffer, fingerprint: string): string {
  // The same certificate is the same profile: installing it again replaces it.
  const idOf = (what: string): string => {
    const hex = createHash('sha256').update(`${what} ${fingerprint}`).digest('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ]
      .join('-')
      .toUpperCase();
  };
  const lines = der.toString('base64').match(/.{1,68}/g) ?? [];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key>
      <string>heard-ca.crt</string>
      <key>PayloadContent</key>
      <data>
${lines.map((line) => `        ${line}`).join('\n')}
      </data>
      <key>PayloadDisplayName</key>
      <string>Heard of this restaurant</string>
      <key>PayloadIdentifier</key>
      <string>app.heard.trust.ca</string>
      <key>PayloadType</key>
      <string>com.apple.security.root</string>
      <key>PayloadUUID</key>
      <string>${idOf('certificate')}</string>
      <key>PayloadVersion</key>
      <integer>1</integer>
    </dict>
  </array>
  <key>PayloadDescription</key>
  <string>Lets this device talk to the restaurant’s own Heard server without anybody listening. It is good for addresses of the local network only.</string>
  <key>PayloadDisplayName</key>
  <string>Heard</string>
  <key>PayloadIdentifier</key>
  <string>app.heard.trust</string>
  <key>PayloadRemovalDisallowed</key>
  <false/>
  <key>PayloadType</key>
  <string>Configuration</string>
  <key>PayloadUUID</key>
  <string>${idOf('profile')}</string>
  <key>PayloadVersion</key>
  <integer>1</integer>
</dict>
</plist>
`;
}
