import { pino } from 'pino';

/** One line of the server's own log: words first, then what is particular. */
export type LogLine = (message: string, detail?: Readonly<Record<string, unknown>>) => void;

/**
 * JSON lines for machines in production; elsewhere short lines for the person at the terminal, on stderr, so that what a
 * command answers on stdout stays clean. Messages that start with `alert:` are warnings.
 */
export function createLogger(options: { readonly level: string; readonly json: boolean }): LogLine {
  const stream = options.json
    ? process.stdout
    : { write: (line: string) => void process.stderr.write(readable(line)) };
  const logger = pino({ level: options.level, base: options.json ? { name: 'heard' } : null }, stream);
  return (message, detail = {}) => {
    if (message.startsWith('alert:') || 'error' in detail) logger.warn(detail, message);
    else logger.info(detail, message);
  };
}

function readable(line: string): string {
  const {
    time,
    level,
    msg,
    ...rest
  }: { time: number; level: number; msg: string } & Record<string, unknown> = JSON.parse(line);
  const detail = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${[new Date(time).toISOString().slice(11, 19), level >= 40 ? 'WARN' : 'info', msg, ...detail].join(' ')}\n`;
}
