// What somebody sees of the record. What they may see can speak of what they may not: a clone that copies a server's data, where
// data comes from, whose a port is. Such words are left out of it here, wherever it is shown.

import { type Access, may, reaches } from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Event, Happening } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import type { Reader } from '../sql/store.ts';

/** Of a server, where it is, and what it is called. */
interface Known {
  readonly agentId: AgentId;
  readonly name: string | null;
}

export class Sight {
  readonly #access: Access;
  /** null: everything is seen. */
  readonly #servers: Map<ServerId, Known> | null;

  static async of(reader: Reader, access: Access): Promise<Sight> {
    if (reaches(access, 'see').length === 0) return new Sight(access, null);
    const rows = await reader.selectFrom('servers').select(['id', 'agent_id', 'name']).execute();
    return new Sight(access, new Map(rows.map((row) => [row.id, { agentId: row.agent_id, name: row.name }])));
  }

  private constructor(access: Access, servers: Map<ServerId, Known> | null) {
    this.#access = access;
    this.#servers = servers;
  }

  get everything(): boolean {
    return this.#servers === null;
  }

  /** Of a server that came, moved or was renamed since. */
  learn(serverId: ServerId, agentId: AgentId, name: string | null): void {
    this.#servers?.set(serverId, { agentId, name });
  }

  seesHost(agentId: AgentId): boolean {
    return this.#servers === null || may(this.#access, 'see', { kind: 'host', agentId });
  }

  sees(serverId: ServerId): boolean {
    const known = this.#servers?.get(serverId);
    return this.#servers === null || (known !== undefined && this.#seesAt(serverId, known.agentId));
  }

  /** A server as it is shown: without the operation of another, and without where its data is to come from, where these are not seen. */
  server(server: Server): Server {
    const { operation, dataFrom } = server;
    return {
      ...server,
      operation: operation && this.sees(operation.serverId) ? this.operation(operation) : null,
      dataFrom: dataFrom?.serverId && !this.sees(dataFrom.serverId) ? { serverId: null, name: null } : dataFrom,
    };
  }

  /** What it waits for may be the host of the server that it copies. */
  operation(operation: Operation): Operation {
    const { source } = operation;
    return source && !this.sees(source.serverId) ? { ...operation, source: null, waitingFor: null } : operation;
  }

  event(event: Event): Event {
    const happening = this.#happening(event.happening);
    const ofAnother = happening.kind === 'server-lent' && happening.to === null;
    return { ...event, happening, ...(ofAnother ? { operationId: null } : {}) };
  }

  /** Events name another server by what it was called. */
  #happening(happening: Happening): Happening {
    switch (happening.kind) {
      case 'server-recorded':
        return happening.clonedFrom === undefined ? happening : { ...happening, clonedFrom: this.#named(happening.clonedFrom) };
      case 'server-copied':
        return { ...happening, from: this.#named(happening.from) };
      case 'server-lent':
        return { ...happening, to: this.#named(happening.to) };
      default:
        return happening;
    }
  }

  /** The name, as far as a server that is seen is called so; null: none is. */
  #named(name: string | null): string | null {
    if (this.#servers === null) return name;
    const seen = [...this.#servers].some(([id, known]) => known.name === name && this.#seesAt(id, known.agentId));
    return seen ? name : null;
  }

  #seesAt(serverId: ServerId, agentId: AgentId): boolean {
    return may(this.#access, 'see', { kind: 'server', serverId, agentId });
  }
}
