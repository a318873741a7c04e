// Random histories on made-up hosts: people's requests, outside commands, silences and crashes in any order. The lifecycle's tables
// say what must come of each step; the checker, what must hold whatever happened. A history that fails is shrunk and can be
// played again.

import { historiesOn } from './model/histories.ts';
import { scaled } from './scenario.ts';

historiesOn('made-up hosts', scaled({ short: { scenes: 20, each: 15, managers: 1 }, all: { scenes: 25, each: 25, managers: 32 } }));
