// A reporter for vitest: counts the faults outside of every test, which its JSON report does not have.
import { writeFileSync } from 'node:fs';

export default class Strays {
  onTestRunEnd(_modules, errors) {
    writeFileSync(process.env.HEARD_STRAYS, String(errors.length));
  }
}
