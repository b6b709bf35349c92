/* world: the real metrics_lb, with three real backends behind it and its page
 * in the browser. What a visitor sees of it: world.reader. */
'use strict';

const { until } = require('./checks.js');
const { start, stop, freePort, traffic, json } = require('./processes.js');
const { Reader } = require('./reader.js');

/* chapter-04-advanced-features/probe.h: what is not in doubt is asked every 10 s,
 * then each second, and three failures take it down. */
const CHECKS_S = 10 + 2 * 1 + 2;

const NAMES = ['one', 'two', 'three'];

async function startBackend(world, i, port) {
    world.backends[i] = await start(
        `${world.programs}/backends/simple_http_backend`, port, NAMES[i]);
}

async function startBalancer(world) {
    world.balancer = await start(
        `${world.programs}/chapter-08-metrics/metrics_lb`, world.port,
        ...world.backends.map(
            (b, i) => `127.0.0.1:${b.port}:${world.weights[i]}`),
        '-m', world.admin, ...world.options);
    await until('all backends are up', 10, async () =>
        (await json(world.statsUrl)).backends.every(b => b.up));
}

/* Kills a backend and waits until the balancer knows. */
async function killBackend(world, i) {
    await stop(world.backends[i], 'SIGKILL');
    await until('the balancer knows', CHECKS_S, async () => {
        await traffic(world.port, ['/'], 3); // so that it notices
        return !(await json(world.statsUrl)).backends[i].up;
    });
}

/* Runs the body in a world of its own, which ends with it. `options` are those
 * of metrics_lb; a port of 0 is one that the kernel chooses. */
async function inWorld(browser, programs, options, body,
                       weights = [1, 1, 1], ports = [0, 0, 0]) {
    const world = { browser, programs, options, weights, backends: [],
                    reader: new Reader(browser),
                    port: await freePort(), admin: await freePort() };
    world.statsUrl = `http://127.0.0.1:${world.admin}/lb-stats`;
    try {
        for (const [i, port] of ports.entries())
            await startBackend(world, i, port);
        await startBalancer(world);
        await world.reader.origins(); // those before are not ours
        await browser.open(`http://127.0.0.1:${world.admin}/`);
        await until('the first curve', 5,
                    () => browser.run(() => state.samples.length > 0));
        await body(world);
    } finally {
        for (const child of [world.balancer, ...world.backends])
            if (child)
                await stop(child, 'SIGKILL');
    }
}

module.exports = { inWorld, startBackend, startBalancer, killBackend };
