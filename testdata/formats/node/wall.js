const { time } = require('@datadog/pprof'); const { writeFileSync } = require('fs'); const zlib = require('zlib');
function parse(s) { return JSON.parse(s); }
function render(o, n) { let t = ''; for (let i = 0; i < n; i++) t += JSON.stringify(o) + i; return t.length; }
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
const work = Number(process.argv[3]);
(async () => {
  time.start({ durationMillis: 2500, intervalMicros: 5000 });
  const end = Date.now() + 2500; let n = 0;
  while (Date.now() < end) { const o = parse('{"a":[1,2,3,{"b":"text"}]}'); n += render(o, 40) + fib(work); if (n % 50 == 0) await new Promise(r => setImmediate(r)); }
  const p = time.stop();
  writeFileSync(process.argv[2], zlib.gzipSync(p.encode()));
})();
