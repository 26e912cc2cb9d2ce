import { spawn } from 'node:child_process';
import type { SessionPlugin } from './ports';

const PROGRAM = 'session-manager-plugin';

/** The program that the AWS CLI uses for the same. It takes Ctrl-C itself, for the command on the other side. */
export const sessionPlugin = (environment: Readonly<Record<string, string | undefined>>): SessionPlugin => ({
  isThere: () =>
    new Promise((done) => {
      const child = spawn(PROGRAM, ['--version'], { stdio: 'ignore', env: { ...environment } });
      child.once('error', () => done(false));
      child.once('close', (code) => done(code === 0));
    }),
  attach: (region, { sessionId, streamUrl, tokenValue }, target) =>
    new Promise((done, failed) => {
      const session = JSON.stringify({ SessionId: sessionId, StreamUrl: streamUrl, TokenValue: tokenValue });
      const args = [
        session,
        region,
        'StartSession',
        '',
        JSON.stringify({ Target: target }),
        `https://ssm.${region}.amazonaws.com`,
      ];
      const child = spawn(PROGRAM, args, { stdio: 'inherit', env: { ...environment } });
      const ignore = (): void => {};
      process.on('SIGINT', ignore);
      const end = (): void => void process.off('SIGINT', ignore);
      child.once('error', (error) => {
        end();
        failed(error);
      });
      child.once('close', (code) => {
        end();
        done(code ?? 1);
      });
    }),
});
