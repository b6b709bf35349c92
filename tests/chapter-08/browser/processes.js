/* processes: the programs of the course, as a user starts them, and traffic.
 * Whatever is still running when this process exits is killed then. */
'use strict';

const { spawn } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const { line, until, pause, SCALE } = require('./checks.js');

const running = new Set();

process.on('exit', () => running.forEach(child => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.exit(1));

/* Starts it and waits for a line of its output. */
async function launch(ready, file, ...args) {
    const child = spawn(file, args.map(String));
    running.add(child);
    child.on('exit', () => running.delete(child));
    child.ready = await line(child, ready, 20 * SCALE);
    return child;
}

/* A program of the course; .port is what its ready line says. */
async function start(file, ...args) {
    const child = await launch(new RegExp(
        `^${path.basename(file)} listening on .*:(\\d+)$`, 'm'), file, ...args);
    child.port = Number(child.ready[1]);
    return child;
}

/* Ends it and waits until it has ended. */
async function stop(child, signal = 'SIGTERM') {
    if (!running.has(child))
        return;
    child.kill(signal);
    await until(`${child.spawnfile} ends`, 15, () => !running.has(child));
}

/* A port that was free a moment ago: for a program that must come back to it. */
function freePort() {
    return new Promise((resolve, reject) => {
        const server = net.createServer().on('error', reject);
        server.listen(0, () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function get(agent, port, target) {
    return new Promise(resolve => {
        const request = http.get({ agent, port, path: target,
                                   host: '127.0.0.1' }, answer => {
            answer.resume();
            answer.on('close', () => resolve(answer.statusCode));
        });
        request.on('error', () => resolve(0));
    });
}

/* GETs of these paths in turn over some connections, on each with so many ms from
 * an answer to the next; how many of each status. */
async function traffic(port, paths, requests, connections = 4, rest = 0) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
    const seen = {};
    let next = 0;
    const client = async () => {
        while (next < requests) {
            const status = await get(agent, port, paths[next++ % paths.length]);
            seen[status] = (seen[status] ?? 0) + 1;
            if (rest > 0)
                await pause(rest);
        }
    };
    await Promise.all(Array.from({ length: connections }, client));
    agent.destroy();
    return seen;
}

async function json(url) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return answer.json();
}

module.exports = { launch, start, stop, freePort, traffic, json };
