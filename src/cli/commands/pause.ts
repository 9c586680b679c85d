import { instanceCommand } from '../instance-command.ts';

export const define = instanceCommand('pause');
