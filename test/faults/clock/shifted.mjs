// Loaded into a program before its own code: its time is so many ms ahead of the machine's as a file says, and changes when that
// does, as when somebody sets the machine's clock.

import { readFileSync } from 'node:fs';

const file = process.env.MAINSTAY_TEST_CLOCK;
const everyMs = 10;
let ahead = 0;

function look() {
  const said = Number(readFileSync(file, 'utf8'));
  if (Number.isFinite(said)) ahead = said;
}

look();
setInterval(look, everyMs).unref();

const machines = Date.now;
Date.now = () => machines() + ahead;
globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }
};
