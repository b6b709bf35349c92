/* fake_admin: the admin port of a balancer that says what the test wants. */
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PAGE = path.join(__dirname, '../../../chapter-08-metrics/live.html');

function backend(name) {
    return { name, up: true, weight: 1, active: 0, requests: 0, failures: 0,
             checks: { ok: 1, failed: 0 }, pool: { hits: 0, misses: 0, idle: 0 },
             latency: { p50: null, p90: null, p99: null } };
}

function stats(names) {
    const now = Date.now() / 1000;
    return {
        program: 'metrics_lb', pid: 4711, started: now - 5, now,
        draining: false, algorithm: 'round_robin',
        connections: { active: 0, total: 0, max: 20000 },
        requests: { total: 0, failed: 0, by_status: {} },
        retries: 0, rate_limited: 0, bytes: { received: 0, sent: 0 },
        latency: { p50: null, p90: null, p99: null, count: 0, sum: 0,
                   buckets: [0.001, 0.01, 0.1, null].map(
                       le => ({ le, count: 0 })) },
        backends: names.map(backend),
        reloads: { ok: 0, failed: 0 },
        process: { resident_bytes: 1 << 20, open_fds: 10, workers: 1 },
    };
}

/* `now` goes on by itself; the rest is what the test writes into `stats`.
 * `broken`, if set, is sent instead: a string, or a status. */
class FakeAdmin {
    constructor(names) {
        this.stats = stats(names);
        this.broken = null;
        this.clock = () => Date.now() / 1000;
        this.asked = [];
        this.server = http.createServer((request, answer) => {
            this.asked.push(request.url);
            if (request.url === '/')
                this.send(answer, 200, 'text/html; charset=utf-8',
                          fs.readFileSync(PAGE));
            else if (request.url !== '/lb-stats')
                this.send(answer, 404, 'text/plain', 'nothing here\n');
            else
                this.tell(answer);
        });
    }

    tell(answer) {
        this.stats.now = this.clock();
        if (typeof this.broken === 'number')
            this.send(answer, this.broken, 'text/plain', 'no\n');
        else
            this.send(answer, 200, 'application/json',
                      this.broken ?? JSON.stringify(this.stats));
    }

    send(answer, status, type, body) {
        answer.writeHead(status, { 'Content-Type': type });
        answer.end(body);
    }

    /* So many requests, each of so many seconds, to the first backend. */
    serve(n, seconds, status = 200) {
        const s = this.stats, statuses = s.requests.by_status;
        s.requests.total += n;
        statuses[status] = (statuses[status] ?? 0) + n;
        s.latency.count += n;
        s.backends[0].requests += n;
        for (const b of s.latency.buckets)
            if (b.le === null || b.le >= seconds)
                b.count += n;
    }

    listen(port = 0) {
        return new Promise((resolve, reject) => {
            this.server.on('error', reject);
            this.server.listen(port, '127.0.0.1', () => {
                this.port = this.server.address().port;
                this.url = `http://127.0.0.1:${this.port}/`;
                resolve(this);
            });
        });
    }

    close() {
        this.server.closeAllConnections();
        return new Promise(resolve => this.server.close(resolve));
    }
}

module.exports = { FakeAdmin };
