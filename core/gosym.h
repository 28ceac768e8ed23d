/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gosym.h - the grammar of Go symbol names
 *
 *     encoding/json.(*decodeState).object      main.(*Queue[go.shape.int]).Put.func2.1      n.v2/y%2ev3.T.M-fm
 *
 * Package = text up to the first '.' after the last '/' that precedes any '[' or '('. Canonical = what two builds of
 * the same code share:
 *
 *     F[go.shape.int]                       F[...]             y%2ev3.F                      y.v3.F
 *     F.func2  F.func2.1                    F.func             app/vendor/x/y.F              x/y.F
 *     F.gowrap1  F.deferwrap2  F-range3     F.gowrap ...       init.0  map.init.1            init  map.init
 *     glob..func1  init.func1  init.0.func1 init.func          mallocgcSmallNoScanSC3        mallocgcSmallNoscan
 *     T.M-fm  f.abi0                        T.M  f             gcWriteBarrier2  type..eq.T   gcWriteBarrier  type:.eq.T
 */
#ifndef CORE_GOSYM_H
#define CORE_GOSYM_H

#include "core/buf.h"

struct str gosym_package(struct str name);	/* borrowed part of name; empty when it has none (C, assembly) */
struct str gosym_base(struct str name);		/* what follows the package and its dot; all of it without a package */
void gosym_canonical(struct buf *out, struct str name);
/* A frame that two builds of one code need not share: a preemption point that was the leaf, what a goroutine exits through. Of a canonical name. */
bool gosym_is_artefact(struct str canonical);
struct str gosym_unvendor(struct str package);	/* what follows the last vendor/ of a package path */
/* A package path as the source spells it: without the linker's %2e and without a vendor/ prefix. */
void gosym_path(struct buf *out, struct str package);
bool gosym_is_std(struct str package);		/* its first element is one of the standard library's; main is not */
bool gosym_is_runtime(struct str package);	/* runtime, runtime/..., internal/runtime/... */
/* The module of a path by its spelling: github.com/a/b of github.com/a/b/c, std of net/http, shop of shop/store. */
struct str gosym_module(struct str package);

#endif
