import { Redis } from 'ioredis';
import type { RedisSettings } from '../../protocol/relay-config.ts';
import type { Bus, BusEvents } from './bus.ts';
import { redisTarget } from './redis-target.ts';

/** A server that says nothing for so long is as good as none. */
const answerMs = 1500;
const firstPauseMs = 50;
const longestPauseMs = 1000;

/**
 * The bus on one Redis (7 or newer), or on whoever its Sentinels say is in charge: sharded channels (SSUBSCRIBE and
 * SPUBLISH), one connection to listen and one for all else. Nothing waits in here while it is down.
 */
export function openRedisBus(settings: Pick<RedisSettings, 'url' | 'ca'>, events: BusEvents): Bus {
  const options = {
    ...redisTarget(settings),
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: answerMs,
    connectTimeout: answerMs,
    retryStrategy: (attempt: number) => Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 8)),
    sentinelRetryStrategy: (attempt: number) =>
      Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 8)),
  };
  const talker = new Redis({ ...options, connectionName: 'collab-relay' });
  // In subscriber mode the answers to commands and what is heard come by one way, so that a late answer means nothing.
  const listener = new Redis({ ...options, connectionName: 'collab-relay-listener' });
  const ready = new Set<Redis>();
  let lastError = 'it closed the connection';
  let said: string | undefined;

  for (const connection of [talker, listener]) {
    connection.on('ready', () => {
      ready.add(connection);
      said = undefined;
      if (ready.size === 2) events.onUp();
    });
    connection.on('close', () => {
      const wasUp = ready.size === 2;
      ready.delete(connection);
      // At the first loss, and once for a server that never was there.
      if (wasUp || said !== lastError) {
        said = lastError;
        events.onDown(lastError);
      }
    });
    connection.on('error', (error: Error) => {
      lastError = error.message;
    });
  }
  listener.on('smessage', (channel: string, text: string) => events.onText(channel, text));

  return {
    async listen(channels) {
      const [first, ...others] = channels;
      if (first !== undefined) await listener.ssubscribe(first, ...others);
    },
    unlisten(channel) {
      listener.sunsubscribe(channel).catch(() => {});
    },
    publish: async (channel, text) => Number(await talker.spublish(channel, text)),
    async listening(channels) {
      if (channels.length === 0) return [];
      const answer = await talker.pubsub('SHARDNUMSUB', ...channels);
      return channels.map((_, index) => Number(answer[index * 2 + 1]));
    },
    async time() {
      const [seconds, microseconds] = await talker.time();
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    async [Symbol.asyncDispose]() {
      for (const connection of [talker, listener]) connection.removeAllListeners('close');
      // What was published last is still on its way out.
      await talker.quit().catch(() => {});
      talker.disconnect();
      listener.disconnect();
    },
  };
}
