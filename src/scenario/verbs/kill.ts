import { passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const kill = defineWord({
  name: 'kill',
  summary: 'SIGKILL; it stays down until start.',
  ofRelay: true,
  async run(who, { stack }) {
    await stack.kill(who);
    return passed();
  },
});
