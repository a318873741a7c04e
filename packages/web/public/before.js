// Runs before the page's own script: zod otherwise probes for `eval` as the first schema is made, which the content
// security policy refuses and reports. Our schemas are small; zod's interpreter is quick enough for them.
globalThis.__zod_globalConfig = { jitless: true };
