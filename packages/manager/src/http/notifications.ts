// Notifications over HTTP.

import { openAlarms, seesAlarm } from '../app/alarms.ts';
import { configureChannel, createChannel, deleteChannel, getChannel, showChannels, testChannel } from '../app/channels.ts';
import { listDeliveries, retryDelivery } from '../app/deliveries.ts';
import { configureRule, createRule, deleteRule, getRule, showRules } from '../app/rules.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'listChannels'
  | 'createChannel'
  | 'getChannel'
  | 'configureChannel'
  | 'deleteChannel'
  | 'testChannel'
  | 'listRules'
  | 'createRule'
  | 'getRule'
  | 'configureRule'
  | 'deleteRule'
  | 'listAlarms'
  | 'listDeliveries'
  | 'retryDelivery';

export function notificationHandlers(world: World, stopping: AbortSignal): Handlers<Names> {
  return {
    listChannels: async () => ({ items: await showChannels(world) }),
    createChannel: async ({ body }, { caller }) => createChannel(world, caller.access, body),
    getChannel: async ({ params }) => getChannel(world, params.channelId),
    configureChannel: async ({ params, body }, { caller }) => configureChannel(world, caller.access, params.channelId, body),
    deleteChannel: async ({ params }) => {
      await deleteChannel(world, params.channelId);
      return undefined;
    },
    testChannel: async ({ params }, { caller }) => testChannel(world, caller.name, params.channelId, stopping),
    listRules: async () => ({ items: await showRules(world.store.db) }),
    createRule: async ({ body }) => createRule(world, body),
    getRule: async ({ params }) => getRule(world.store.db, params.ruleId),
    configureRule: async ({ params, body }) => configureRule(world, params.ruleId, body),
    deleteRule: async ({ params }) => {
      await deleteRule(world, params.ruleId);
      return undefined;
    },
    listAlarms: async (_, { caller }) => {
      const alarms = await openAlarms(world);
      return { items: alarms.filter((alarm) => seesAlarm(caller.access, alarm)) };
    },
    listDeliveries: async ({ query }) => listDeliveries(world, query),
    retryDelivery: async ({ params }) => retryDelivery(world, params.deliveryId),
  };
}
