/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.js - what a page can do beyond being read: sorted tables, the theme, and the flame graphs
 *
 * The page is complete without it. All text is set as textContent and attributes, never parsed as markup; data comes from the one JSON
 * block. A tree is a set of typed arrays in pre-order (end[i]: the index behind i's subtree), so drawing touches only frames that are wide
 * enough to be seen, and searching or focusing is one pass over the arrays.
 */
(function () {
'use strict';

const SVG = 'http://www.w3.org/2000/svg';
const $ = id => document.getElementById(id);
const make = (tag, props, ...kids) => {
	const e = document.createElement(tag);
	for (const k in props || {})
		k in e && k !== 'list' ? e[k] = props[k] : e.setAttribute(k, props[k]);
	e.append(...kids);
	return e;
};
const svgMake = (tag, attrs) => {
	const e = document.createElementNS(SVG, tag);
	for (const k in attrs)
		e.setAttribute(k, attrs[k]);
	return e;
};

/* ---- theme: the reader's system decides until the button does */

function theme() {
	const root = document.documentElement, dark = matchMedia('(prefers-color-scheme: dark)');
	const now = () => root.dataset.theme || (dark.matches ? 'dark' : 'light'), label = () => { button.textContent = now() === 'dark' ? 'Light theme' : 'Dark theme'; };
	const button = make('button', { type: 'button', id: 'theme', onclick() {
		root.dataset.theme = now() === 'dark' ? 'light' : 'dark';
		label();
		try { localStorage.setItem('attrib-theme', root.dataset.theme); } catch (e) { /* a page without storage forgets */ }
	} });
	let kept = null;
	try { kept = localStorage.getItem('attrib-theme'); } catch (e) { /* the same */ }
	if (kept === 'dark' || kept === 'light')	/* else nothing is set: an attribute of the root styles the whole page anew */
		root.dataset.theme = kept;
	dark.addEventListener('change', label);
	label();
	document.querySelector('header nav').append(button);
}

/* ---- tables: a column's head sorts it, once up, once down, then as it was */

function sortable(table) {
	const body = table.tBodies[0], heads = table.tHead ? table.tHead.rows[0].cells : [];
	if (!body || body.rows.length < 2)
		return;
	const as = Array.from(body.rows);
	const key = (row, i) => {
		const v = row.cells[i].getAttribute('data-v');
		return v === null ? row.cells[i].textContent : parseFloat(v);
	};
	const sort = (i, how) => {
		const rows = as.slice(), sign = how === 'ascending' ? 1 : -1;
		if (how !== 'none')
			rows.sort((a, b) => {
				const x = key(a, i), y = key(b, i);
				if (typeof x === 'number' && typeof y === 'number')
					return isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) : sign * (x - y);
				return sign * String(x).localeCompare(String(y), 'en');
			});
		body.append(...rows);
	};
	Array.from(heads).forEach((th, i) => {
		const text = th.textContent;
		if (!text)
			return;
		th.textContent = '';
		th.setAttribute('aria-sort', 'none');
		th.append(make('button', { type: 'button', className: 'sort', textContent: text, onclick() {
			const now = th.getAttribute('aria-sort'), number = th.classList.contains('n');
			const next = now === 'none' ? (number ? 'descending' : 'ascending') :
				now === (number ? 'descending' : 'ascending') ? (number ? 'ascending' : 'descending') : 'none';
			for (const o of heads)
				if (o.hasAttribute('aria-sort'))
					o.setAttribute('aria-sort', 'none');
			th.setAttribute('aria-sort', next);
			sort(i, next);
		} }));
	});
}

/* ---- numbers */

const three = v => { const a = Math.abs(v); return a >= 100 ? v.toFixed(0) : a >= 10 ? v.toFixed(1) : a >= 1 ? v.toFixed(2) : v === 0 ? '0' : v.toPrecision(3); };
function value(v, unit) {
	const scale = unit === 'ns' ? [[1e9, ' s'], [1e6, ' ms'], [1e3, ' us'], [0, ' ns']] :
		unit === 'bytes' ? [[2 ** 30, ' GiB'], [2 ** 20, ' MiB'], [1024, ' KiB'], [0, ' B']] :
		unit === '%' ? [[0, ' %']] : [[1e6, ' M'], [1e3, ' k'], [0, '']];
	const [size, word] = scale.find(s => Math.abs(v) >= s[0]);
	return three(v / (size || 1)) + word;
}
const signed = (v, unit) => (v > 0 ? '+' : v < 0 ? '\u2212' : '') + value(Math.abs(v), unit);
const relative = (b, c) => b > 0 && c > 0 ? (c / b > 11 ? 'x' + three(c / b) : (c < b ? '\u2212' : '+') + three(Math.abs(c / b - 1) * 100) + ' %') : c > 0 ? 'new' : 'gone';

/* ---- trees */

const STATUS = { u: 'grew', d: 'shrank', n: 'new', g: 'gone', s: 'did not change', m: 'moved, did not grow', '?': 'cannot be told from chance' };
const found = s => s === 'u' || s === 'd' || s === 'n' || s === 'g';

function tree(n) {
	return { n, name: new Int32Array(n), depth: new Int32Array(n), end: new Int32Array(n), parent: new Int32Array(n),
		b: new Float64Array(n), c: new Float64Array(n), fb: new Float64Array(n), fc: new Float64Array(n), own: {} };
}

/* end[] and parent[] from depth[]. */
function shape(t) {
	const last = [];
	for (let i = 0; i < t.n; i++) {
		const d = t.depth[i];
		while (last.length > d)
			t.end[last.pop()] = i;
		t.parent[i] = d ? last[d - 1] : -1;
		last[d] = i;
	}
	for (const i of last)
		t.end[i] = t.n;
	return t;
}

/* The tree of a metric as it stands in the data; node 0 is the root above all roots. */
function metricTree(m) {
	const t = tree(m.d.length + 1);
	t.name[0] = -1;
	for (let k = 0; k < m.d.length; k++) {
		const i = k + 1;
		t.depth[i] = m.d[k];
		t.name[i] = m.n[k];
		t.b[i] = Math.max(0, m.b[k]) * m.q;
		t.c[i] = Math.max(0, m.c[k]) * m.q;
		t.fb[i] = Math.max(0, m.fb[k]) * m.q;
		t.fc[i] = Math.max(0, m.fc[k]) * m.q;
		if (m.d[k] === 1) {
			t.b[0] += t.b[i];
			t.c[0] += t.c[i];
		}
	}
	for (const [k, s, p] of m.ps)
		t.own[k + 1] = { s, p };
	return shape(t);
}

/* Only the stacks that pass through a name in `set`; sums are made anew. */
function focused(t, set) {
	const keep = new Uint8Array(t.n), through = new Uint8Array(t.n);
	for (let i = 0; i < t.n; i++)
		through[i] = (t.name[i] >= 0 && set[t.name[i]]) || (i && through[t.parent[i]]) ? 1 : 0;
	for (let i = t.n - 1; i >= 0; i--)
		if (through[i] || keep[i]) {
			keep[i] = 1;
			if (i)
				keep[t.parent[i]] = 1;
		}
	keep[0] = 1;
	let n = 0;
	const at = new Int32Array(t.n).fill(-1);
	for (let i = 0; i < t.n; i++)
		if (keep[i])
			at[i] = n++;
	const o = tree(n);
	for (let i = t.n - 1; i >= 0; i--) {
		const j = at[i];
		if (j < 0)
			continue;
		o.name[j] = t.name[i];
		o.depth[j] = t.depth[i];
		if (through[i]) {
			o.b[j] = t.b[i]; o.c[j] = t.c[i]; o.fb[j] = t.fb[i]; o.fc[j] = t.fc[i];
		}
		if (i && !through[t.parent[i]]) {
			const up = at[t.parent[i]];
			o.b[up] += o.b[j];
			o.c[up] += o.c[j];
		}
	}
	return shape(o);
}

/* A tree out of stacks that share beginnings. put(child) adds to it: child(at, name) is the index of a node's child of that name, 0 the root. */
function grown(name, put) {
	const at = new Map(), names = [name], up = [-1], sum = [[0], [0], [0], [0]], wide = D.names.length + 1;
	put((p, nm) => {
		const key = p * wide + nm;
		let k = at.get(key);
		if (k === undefined) {
			at.set(key, k = names.length);
			names.push(nm);
			up.push(p);
			for (const s of sum)
				s.push(0);
		}
		return k;
	}, sum);
	/* The heavier child last: the stack turns them round. */
	const n = names.length, weight = i => Math.max(sum[0][i], sum[1][i]), by = new Array(n - 1);
	for (let i = 1; i < n; i++)
		by[i - 1] = i;
	by.sort((p, q) => up[p] - up[q] || weight(p) - weight(q) || q - p);
	const from = new Int32Array(n + 1), t = tree(n), stack = [0], depth = new Int32Array(n);
	for (let i = 1; i < n; i++)
		from[up[i] + 1]++;
	for (let i = 0; i < n; i++)
		from[i + 1] += from[i];
	for (let k = 0; stack.length; k++) {
		const i = stack.pop();
		t.name[k] = names[i]; t.depth[k] = depth[i]; t.b[k] = sum[0][i]; t.c[k] = sum[1][i]; t.fb[k] = sum[2][i]; t.fc[k] = sum[3][i];
		for (let j = from[i]; j < from[i + 1]; j++) {
			depth[by[j]] = depth[i] + 1;
			stack.push(by[j]);
		}
	}
	return shape(t);
}

/* Calls f(i) for every frame of `name` that has no frame of that name above it: recursion is counted once. */
function outermost(t, name, f) {
	for (let i = 1; i < t.n;)
		if (t.name[i] === name) {
			f(i);
			i = t.end[i];
		} else {
			i++;
		}
}

const callees = (t, name) => grown(name, (child, [b, c, fb, fc]) => outermost(t, name, top => {
	const at = [0];
	for (let i = top; i < t.end[top]; i++) {
		const d = t.depth[i] - t.depth[top], k = d ? child(at[d - 1], t.name[i]) : 0;
		at[d] = k;
		b[k] += t.b[i]; c[k] += t.c[i]; fb[k] += t.fb[i]; fc[k] += t.fc[i];
	}
}));

const callers = (t, name) => grown(name, (child, [b, c]) => outermost(t, name, top => {
	for (let i = top, k = 0; i > 0; i = t.parent[i]) {
		k = i === top ? 0 : child(k, t.name[i]);
		b[k] += t.b[top]; c[k] += t.c[top];
	}
}));

/* ---- drawing */

const ROW = 19, CHAR = 6.65, MOST = 1200;
/* Frames carry dark ink in both themes. Red: more than before, blue: less; strong where it is certain. */
const mix = (from, to, k) => 'rgb(' + from.map((v, i) => Math.round(v + (to[i] - v) * k)).join(',') + ')';
const GREY = [226, 230, 235], RED = [238, 112, 88], BLUE = [98, 160, 228], PALE_RED = [250, 214, 203], PALE_BLUE = [204, 225, 247];

function fill(view, t, i) {
	const b = t.b[i] * view.fb, c = t.c[i] * view.fc, most = Math.max(b, c), r = most > 0 ? (c - b) / most : 0;
	const s = significance(view, t, i).s;
	if (i === 0 && t.name[0] < 0)
		return mix(GREY, GREY, 0);
	if (s === 's' || s === 'm' || Math.abs(r) < .02)
		return mix(GREY, GREY, 0);
	if (found(s))
		return r > 0 ? mix(PALE_RED, RED, Math.min(1, .45 + Math.abs(r))) : mix(PALE_BLUE, BLUE, Math.min(1, .45 + Math.abs(r)));
	return r > 0 ? mix(GREY, PALE_RED, Math.min(1, Math.abs(r) * 2)) : mix(GREY, PALE_BLUE, Math.min(1, Math.abs(r) * 2));
}

/* Of the path where the path was tested, else of its function over all paths. */
function significance(view, t, i) {
	return t.own[i] ? { ...t.own[i], of: 'this path' } : view.cum[t.name[i]] ? { ...view.cum[t.name[i]], of: 'this function, over all its paths' } : { s: '', p: null, of: '' };
}

const nameOf = k => k < 0 ? 'all' : D.names[k];
function fit(name, chars) {
	if (name.length <= chars)
		return name;
	let short = name.slice(name.lastIndexOf('/') + 1);
	if (short.length <= chars)
		return short;
	/* The method says more than the package: (*DB).Query, then Query; a closure keeps the function it stands in. */
	for (const cut of [/^[^.]*\./, /^.*\.(?=[^.]*\.func$|[^.]*$)/]) {
		const s = short.replace(cut, '');
		if (s && s !== short && (s.length <= chars || chars < 10))
			short = s;
		if (short.length <= chars)
			return short;
	}
	const left = Math.ceil((chars - 1) / 2);
	return short.slice(0, left) + '\u2026' + short.slice(short.length - (chars - 1 - left));
}

/* What a frame's width stands for. */
function widths(view, t) {
	if (view.width === 'base')
		return i => t.b[i] * view.fb;
	if (view.width === 'cur')
		return i => t.c[i] * view.fc;
	const key = view.fb + ' ' + view.fc;
	if (t.movedFor !== key) {	/* all that changed below a frame, up or down: what its own code and the thin paths left out changed, and its children */
		const m = new Float64Array(t.n), rest = new Float64Array(t.n);
		for (let i = 0; i < t.n; i++)
			rest[i] = t.c[i] * view.fc - t.b[i] * view.fb;
		for (let i = t.n - 1; i > 0; i--)
			rest[t.parent[i]] -= t.c[i] * view.fc - t.b[i] * view.fb;
		for (let i = t.n - 1; i >= 0; i--) {
			m[i] += Math.abs(rest[i]);
			if (i)
				m[t.parent[i]] += m[i];
		}
		t.moved = m;
		t.movedFor = key;
	}
	return i => t.moved[i];
}

/* The frames that can be seen when `zoom` fills the width: [node, x, width, row]. */
function layout(view, t, zoom, width) {
	const w = widths(view, t), total = w(zoom), up = [];
	for (let i = t.parent[zoom]; i >= 0; i = t.parent[i])
		up.unshift(i);
	for (let least = 1.5; ; least *= 1.5) {
		const boxes = up.map((i, row) => [i, 0, width, row]), cursor = [], base = t.depth[zoom] - up.length;
		let rows = up.length + 1;
		cursor[t.depth[zoom]] = 0;
		for (let i = zoom; i < t.end[zoom] && boxes.length <= MOST;) {
			const d = t.depth[i], x = cursor[d], wide = total > 0 ? w(i) / total * width : i === zoom ? width : 0;
			cursor[d] = x + wide;
			if (wide < least && i !== zoom) {
				i = t.end[i];
				continue;
			}
			boxes.push([i, x, wide, d - base]);
			rows = Math.max(rows, d - base + 1);
			cursor[d + 1] = x;
			i++;
		}
		if (boxes.length <= MOST)
			return { boxes, rows };
	}
}

function draw(view, svg, t, zoom, inverted, matches) {
	const width = Math.max(280, Math.floor(svg.parentNode.clientWidth)), { boxes, rows } = layout(view, t, zoom, width);
	const y = row => (inverted ? rows - 1 - row : row) * ROW, all = document.createDocumentFragment();
	svg.setAttribute('viewBox', '0 0 ' + width + ' ' + rows * ROW);
	svg.shown = new Map();
	for (const [i, x, wide, row] of boxes) {
		const k = t.name[i], s = significance(view, t, i), chars = Math.floor((wide - 5) / CHAR);
		const b = t.b[i] * view.fb, c = t.c[i] * view.fc, rel = relative(b, c), hit = matches && k >= 0 && matches[k];
		const g = svgMake('g', { role: 'treeitem', 'aria-level': row + 1, tabindex: -1, 'data-i': i });
		let spoken = nameOf(k);
		if (found(s.s))
			g.setAttribute('class', 'sure');
		if (matches)
			g.classList.add(hit ? 'hit' : 'miss');
		g.append(svgMake('rect', { x: x.toFixed(1), y: y(row) + .5, width: Math.max(.8, wide - .8).toFixed(1), height: ROW - 1.5, rx: 1.5, fill: fill(view, t, i) }));
		if (chars >= 3) {
			const text = svgMake('text', { x: (x + 3).toFixed(1), y: y(row) + 13.5 }), mark = found(s.s) ? rel + ' ' : '';
			text.textContent = fit(mark.length + 6 < chars ? mark + nameOf(k) : nameOf(k), chars);
			if (mark.length + 6 < chars && (mark + nameOf(k)).length > chars)
				text.textContent = mark + fit(nameOf(k), chars - mark.length);
			g.append(text);
			/* What is spoken begins with what is seen. */
			spoken = text.textContent + (text.textContent.endsWith(spoken) ? '' : ', ' + spoken);
		}
		g.setAttribute('aria-label', spoken + ', current ' + value(c, view.unit) + ', baseline ' + value(b, view.unit) + ', ' +
			(found(s.s) ? rel : STATUS[s.s] || rel + ', not tested'));
		svg.shown.set(i, g);
		all.append(g);
	}
	svg.replaceChildren(all);
	const first = svg.shown.get(zoom);
	if (first)
		first.setAttribute('tabindex', 0);
	svg.tree = t;
	svg.zoom = zoom;
}

/* ---- the figure */

let D;
function flames() {
	const box = $('fg'), data = $('d');
	if (!box || !data)
		return;
	D = JSON.parse(data.textContent);
	if (!D.m.length)
		return;
	const trees = {}, select = (label, id, options, change) => {
		const s = make('select', { id, onchange: change });
		for (const [v, text] of options)
			s.append(make('option', { value: v, textContent: text }));
		return [make('label', { htmlFor: id, textContent: label }), s];
	};
	const state = { fg: D.first, w: 'cur', m: 'unit', z: 0, q: '', o: false, f: -1 };
	const view = {};
	let full, shown, matches = null, hits = [], hit = -1;

	/* -- the controls */
	const svg = svgMake('svg', { role: 'tree', 'aria-label': 'flame graph: roots on top, what they call below' });
	const info = make('p', { id: 'fg-info' }), count = make('p', { id: 'fg-count', role: 'status' });
	const search = make('input', { type: 'search', id: 'fg-q', placeholder: 'function or /expression/', autocomplete: 'off', spellcheck: false, oninput() { state.q = search.value; find(); } });
	const only = make('input', { type: 'checkbox', id: 'fg-o', onchange() { state.o = only.checked; state.z = 0; find(); } });
	const button = (text, id, onclick) => make('button', { type: 'button', textContent: text, id, onclick });
	const reset = button('Whole graph', 'fg-reset', () => zoomTo(0)), sandwichButton = button('Callers and callees', 'fg-sand', () => sandwich(state.f >= 0 ? -1 : selectedName()));
	const sand = make('div', { id: 'fg-sandwich', hidden: true });
	const metric = select('cost', 'fg-m', D.m.map((m, i) => [i, m.title]), e => { state.fg = +e.target.value; state.z = 0; open(); });
	const wide = select('width', 'fg-w', [['cur', 'current'], ['base', 'baseline'], ['moved', 'what changed']], e => { state.w = e.target.value; state.z = 0; open(); });
	const unit = select('in', 'fg-u', [['unit', 'cost per ' + D.per], ['share', 'share of the whole'], ['all', 'all that was measured']], e => { state.m = e.target.value; open(); });
	box.append(make('div', { className: 'controls' }, ...metric, ...wide, ...unit, make('label', { htmlFor: 'fg-q', textContent: 'search' }), search,
		make('span', {}, only, make('label', { htmlFor: 'fg-o', textContent: ' only stacks with it' })), reset, sandwichButton), count, make('div', { className: 'graph' }), info, sand,
		make('details', {}, make('summary', { textContent: 'keys' }), make('p', { textContent: 'Tab to the graph, then: arrows go to caller, callee and neighbours; Enter or + zooms in, \u2212 one frame out, 0 or Esc shows the whole; / searches, n and N go to the next and the one before; c shows callers and callees of the frame.' })));
	box.querySelector('.graph').append(svg);
	box.hidden = false;
	let selected = 0;
	const selectedName = () => shown.name[selected];

	/* -- state and fragment */
	function write() {
		const m = D.m[state.fg], q = new URLSearchParams();
		q.set('fg', m.id);
		if (state.w !== 'cur') q.set('w', state.w);
		if (state.m !== 'unit') q.set('m', state.m);
		if (state.z) q.set('z', state.z);
		if (state.q) q.set('q', state.q);
		if (state.o) q.set('o', 1);
		if (state.f >= 0) q.set('f', D.names[state.f]);
		try { history.replaceState(null, '', '#' + q); } catch (e) { /* some viewers forbid it */ }
	}
	function read() {
		const h = location.hash.slice(1);
		let id = null, q = new URLSearchParams();
		if (h.startsWith('flame-'))
			id = h.slice(6);
		else if (h.startsWith('fg=')) {
			q = new URLSearchParams(h);
			id = q.get('fg');
		}
		const k = D.m.findIndex(m => m.id === id);
		if (k < 0)
			return false;
		state.fg = k;
		state.w = ['base', 'moved'].includes(q.get('w')) ? q.get('w') : 'cur';
		state.m = ['share', 'all'].includes(q.get('m')) ? q.get('m') : 'unit';
		state.q = q.get('q') || '';
		state.o = q.get('o') === '1';
		state.z = Math.max(0, parseInt(q.get('z'), 10) || 0);
		state.f = q.get('f') === null ? -1 : D.names.indexOf(q.get('f'));
		return true;
	}

	/* -- what is shown */
	function open(quiet) {
		const m = D.m[state.fg];
		full = trees[state.fg] = trees[state.fg] || metricTree(m);
		view.cum = {};
		view.flat = {};
		for (const [k, flat, s, p, lo, hi] of m.s)
			view[flat ? 'flat' : 'cum'][k] = { s, p, lo: lo === null ? null : lo * m.q, hi: hi === null ? null : hi * m.q };
		const per = D.per === 'request' ? 2 : 1, e = m.per ? [m.side[0][per], m.side[1][per]] : [1, 1];
		view.width = state.w;
		view.unit = state.m === 'share' ? '%' : m.unit;
		view.fb = state.m === 'share' ? 100 / (full.b[0] || 1) : state.m === 'all' ? e[0] || 1 : 1;
		view.fc = state.m === 'share' ? 100 / (full.c[0] || 1) : state.m === 'all' ? e[1] || 1 : 1;
		metric[1].value = state.fg;
		wide[1].value = state.w;
		unit[1].value = state.m;
		search.value = state.q;
		only.checked = state.o;
		find(quiet);
	}
	function find(quiet) {
		matches = null;
		let test = null;
		if (state.q) {
			const re = /^\/(.+)\/$/.exec(state.q), low = state.q.toLowerCase();
			try { const r = re && new RegExp(re[1]); test = r ? s => r.test(s) : s => s.toLowerCase().includes(low); } catch (e) { test = s => s.toLowerCase().includes(low); }
		}
		if (test) {
			matches = new Uint8Array(D.names.length);
			D.names.forEach((s, k) => { matches[k] = test(s) ? 1 : 0; });
		}
		shown = matches && state.o ? focused(full, matches) : full;
		if (state.z >= shown.n)
			state.z = 0;
		selected = state.z;
		paint();
		tell();
		if (!quiet)
			write();
	}
	function paint() {
		draw(view, svg, shown, state.z, false, matches);
		hits = matches ? Array.from(svg.shown.keys()).filter(i => shown.name[i] >= 0 && matches[shown.name[i]]) : [];
		hit = -1;
		reset.disabled = !state.z;
		if (matches) {
			let n = 0, b = 0, c = 0;
			for (let i = 1; i < full.n; i++)
				n += matches[full.name[i]];
			for (let i = 1; i < full.n;)
				if (matches[full.name[i]]) { b += full.b[i]; c += full.c[i]; i = full.end[i]; } else i++;
			count.textContent = n ? n + (n === 1 ? ' frame' : ' frames') + ' match: ' + value(b * view.fb, view.unit) + ' \u2192 ' + value(c * view.fc, view.unit) + ', ' +
				three(c / (full.c[0] || 1) * 100) + ' % of the current side' : 'nothing matches';
		} else {
			count.textContent = '';
		}
		paintSandwich();
	}
	function describe(t, i) {
		const b = t.b[i] * view.fb, c = t.c[i] * view.fc, s = significance(view, t, i), k = t.name[i], own = view.cum[k];
		const parts = [nameOf(k) + ': ' + value(b, view.unit) + ' \u2192 ' + value(c, view.unit) + ' (' + signed(c - b, view.unit) + ', ' + relative(b, c) + ')'];
		if (t.fb[i] || t.fc[i])
			parts.push('itself ' + value(t.fb[i] * view.fb, view.unit) + ' \u2192 ' + value(t.fc[i] * view.fc, view.unit));
		if (s.s)
			parts.push((found(s.s) ? 'certain: ' : s.s === '?' ? '~ ' : '') + s.of + ' ' + STATUS[s.s] + (s.p !== null ? ', p=' + three(s.p) : ''));
		else if (i)
			parts.push('not tested for itself');
		if (own && own.lo !== null && found(own.s))
			parts.push('between ' + signed(own.lo, D.m[state.fg].unit) + ' and ' + signed(own.hi, D.m[state.fg].unit));
		return parts.join('; ');
	}
	function tell(t, i) {
		info.textContent = describe(t || shown, t ? i : selected);
		sandwichButton.disabled = state.f < 0 && selectedName() < 0;
		sandwichButton.textContent = state.f < 0 ? 'Callers and callees' : 'Close callers and callees';
	}
	function pick(i, focus) {
		const before = svg.shown.get(selected), g = svg.shown.get(i);
		if (!g)
			return;
		if (before)
			before.setAttribute('tabindex', -1);
		selected = i;
		g.setAttribute('tabindex', 0);
		if (focus)
			g.focus({ preventScroll: false });
		tell();
	}
	function zoomTo(i, focus) {
		state.z = selected = i;
		paint();
		pick(i, focus);
		write();
	}

	/* -- callers and callees of one function */
	function sandwich(name) {
		state.f = name;
		paintSandwich();
		tell();
		write();
		if (name >= 0)
			sand.scrollIntoView({ block: 'nearest' });
	}
	function paintSandwich() {
		sand.hidden = state.f < 0;
		sand.replaceChildren();
		if (state.f < 0)
			return;
		const up = callers(full, state.f), down = callees(full, state.f);
		const part = (title, t, inverted) => {
			const s = svgMake('svg', { role: 'tree', 'aria-label': title }), holder = make('div', { className: 'graph' });
			holder.append(s);
			sand.append(make('h4', { textContent: title }), holder);
			draw(view, s, t, 0, inverted, matches);
			s.addEventListener('pointerover', e => { const g = e.target.closest('[data-i]'); if (g) tell(t, +g.dataset.i); });
			s.addEventListener('click', e => { const g = e.target.closest('[data-i]'); if (g && t.name[+g.dataset.i] >= 0) sandwich(t.name[+g.dataset.i]); });
			s.addEventListener('keydown', e => {
				const g = e.target.closest('[data-i]'), keys = Array.from(s.shown.keys()), at = g ? keys.indexOf(+g.dataset.i) : 0;
				const to = e.key === 'ArrowRight' || e.key === 'ArrowDown' ? at + 1 : e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? at - 1 : -1;
				if (to >= 0 && to < keys.length) {
					g.setAttribute('tabindex', -1);
					s.shown.get(keys[to]).setAttribute('tabindex', 0);
					s.shown.get(keys[to]).focus();
					tell(t, keys[to]);
					e.preventDefault();
				} else if (e.key === 'Enter' && g) {
					sandwich(t.name[+g.dataset.i]);
				}
			});
		};
		part('Callers of ' + nameOf(state.f), up, true);
		part('Callees of ' + nameOf(state.f), down, false);
	}

	/* -- mouse and keys */
	svg.addEventListener('pointerover', e => { const g = e.target.closest('[data-i]'); if (g) tell(shown, +g.dataset.i); });
	svg.addEventListener('pointerleave', () => tell());
	svg.addEventListener('focusin', e => { const g = e.target.closest('[data-i]'); if (g && +g.dataset.i !== selected) pick(+g.dataset.i); });
	svg.addEventListener('click', e => { const g = e.target.closest('[data-i]'); if (g) zoomTo(+g.dataset.i); });
	function step(key) {
		const seen = i => svg.shown.has(i), t = shown;
		if (key === 'ArrowUp')
			return t.parent[selected];
		if (key === 'ArrowDown') {
			for (let i = selected + 1; i < t.end[selected]; i = t.end[i])
				if (seen(i))
					return i;
			return -1;
		}
		const up = t.parent[selected];
		if (up < 0)
			return -1;
		let before = -1, next = false;
		for (let i = up + 1; i < t.end[up]; i = t.end[i]) {
			if (next && seen(i))
				return i;
			if (i === selected) {
				if (key === 'ArrowLeft')
					return before;
				next = true;
			}
			if (seen(i))
				before = i;
		}
		return -1;
	}
	const goHit = by => { if (hits.length) { hit = (hit + by + hits.length) % hits.length; pick(hits[hit], true); } };
	svg.addEventListener('keydown', e => {
		const k = e.key;
		if (e.ctrlKey || e.metaKey || e.altKey)
			return;
		if (k.startsWith('Arrow')) {
			const to = step(k);
			if (to >= 0)
				pick(to, true);
		} else if (k === 'Enter' || k === '+' || k === ' ') {
			zoomTo(selected, true);
		} else if (k === '-') {
			zoomTo(Math.max(0, shown.parent[state.z]), true);
		} else if (k === '0' || k === 'Escape') {
			zoomTo(0, true);
		} else if (k === '/') {
			search.focus();
		} else if (k === 'n') {
			goHit(1);
		} else if (k === 'N') {
			goHit(hits.length && hit < 0 ? 0 : -1);
		} else if (k === 'c') {
			if (selectedName() >= 0)
				sandwich(selectedName());
		} else {
			return;
		}
		e.preventDefault();
	});
	search.addEventListener('keydown', e => {
		if (e.key === 'Enter') {
			goHit(e.shiftKey ? -1 : 1);
			search.focus();
		} else if (e.key === 'Escape') {
			state.q = search.value = '';
			find();
		}
	});
	let wait = 0, wideNow = 0;
	addEventListener('resize', () => {
		cancelAnimationFrame(wait);
		wait = requestAnimationFrame(() => { if (svg.parentNode.clientWidth !== wideNow) { wideNow = svg.parentNode.clientWidth; paint(); } });
	});
	addEventListener('hashchange', () => {
		if (read()) {
			open(true);
			box.scrollIntoView();
		}
	});
	const linked = read();
	open(true);
	wideNow = svg.parentNode.clientWidth;
	if (linked)
		box.scrollIntoView();
}

/* Section by section, when nothing else is to be done: from then on the page is as long as its scroll bar says, and a picture of all of it is complete. */
function layoutRest(sections) {
	const soon = window.requestIdleCallback || (f => setTimeout(f, 50));
	soon(() => {
		if (sections.length) {
			sections.shift().style.contentVisibility = 'visible';
			layoutRest(sections);
		}
	});
}

/* The graph stands below the answer: unless a link goes there, the answer is on the screen first. */
function flamesSoon() {
	const now = () => { flames(); performance.mark('attrib-graph'); setTimeout(layoutRest, 300, Array.from(document.querySelectorAll('section'))); };
	if (/^#(fg=|flame-)/.test(location.hash))
		now();
	else
		requestAnimationFrame(() => setTimeout(now, 0));
}

/* A link to something inside closed <details> opens them. */
function reveal() {
	let e = null;
	try { e = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1))); } catch (x) { /* no such place */ }
	for (let p = e; p; p = p.parentElement)
		if (p.tagName === 'DETAILS')
			p.open = true;
	if (e && !location.hash.startsWith('#flame-'))
		e.scrollIntoView();
}

const began = performance.now();
theme();
document.querySelectorAll('.wide table').forEach(sortable);
flamesSoon();
addEventListener('hashchange', reveal);
addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(d => { d.open = true; }));
reveal();
performance.measure('attrib', { start: began });
}());
