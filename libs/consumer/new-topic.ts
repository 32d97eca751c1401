import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';

/** How long the leaders of a new topic may take to know of it. */
const ATTEMPTS = 100;
const RETRY_MS = 100;

/** Makes a topic where it is missing, and waits until its leaders know of it, for which kafkajs does not ask twice. */
export async function makeTopic(admin: Admin, config: ITopicConfig): Promise<void> {
  await admin.createTopics({ topics: [config], waitForLeaders: false });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.fetchTopicOffsets(config.topic);
      return;
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true || attempt === ATTEMPTS) throw error;
      await sleep(RETRY_MS);
    }
  }
}
