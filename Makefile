# SPDX-License-Identifier: GPL-3.0-or-later
# Every .c of a folder is built; objects go to build/ (build/san with SAN=1), the program to ./attrib.
# `make help` lists the targets. V=1 shows commands.

CC ?= gcc
PREFIX ?= /usr/local
B := build$(if $(SAN),/san)
BIN := $(if $(SAN),$(B)/attrib,attrib)
Q := $(if $(V),,@)

STAGES := core ingest analyze analyze/math report report/triage cli
SRC := $(foreach d,$(STAGES),$(wildcard $(d)/*.c))
MAIN := cli/main.c
LIBSRC := $(filter-out $(MAIN),$(SRC))
PROTO := $(B)/ingest/profile.pb-c
OBJ := $(SRC:%.c=$(B)/%.o) $(PROTO).o
LIBOBJ := $(filter-out $(B)/cli/main.o,$(OBJ))
ASSETS := core/schema.sql core/views.sql core/index.sql core/history.sql $(wildcard analyze/*.ini report/assets/*)
INC := $(ASSETS:%=$(B)/%.inc)
EVAL := $(patsubst %.c,$(B)/%.o,$(filter-out tests/eval/main.c tests/eval/t_%,$(wildcard tests/eval/*.c)))
EVALTEST := $(patsubst %.c,$(B)/%,$(wildcard tests/eval/t_*.c))
EVALMAIN := $(B)/tests/eval/main.o $(EVALTEST:%=%.o)
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/t_*.c))

PKGS := libprotobuf-c zlib sqlite3 gsl libpcre2-8 ncursesw nettle
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv -linih -lm

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wvla -Wformat=2 -Wimplicit-fallthrough \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef -Wwrite-strings -Wframe-larger-than=16384 \
	-Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
WANTED := -ftrivial-auto-var-init=zero -fstack-clash-protection -fstack-protector-strong -fcf-protection=full \
	-ffp-contract=off -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -Wtrampolines -Wbidi-chars=any
# The hardening flags that this compiler has (asked once a make, kept in a file).
HARD = $(shell cat $(B)/flags.$(notdir $(lastword $(CC))) 2>/dev/null)
comma := ,
ifdef SAN
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
OPT := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
CFLAGS ?=
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(B) $(OPT) $(WARN) $(HARD) -fPIE -MMD -MP $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(if $(SAN),-fsanitize=address$(comma)undefined) $(LDFLAGS)

all: $(BIN) ## ./attrib
units: $(UNIT) $(B)/tests/tools/decode $(B)/tests/bench/genprof $(B)/tests/bench/gentext $(B)/tests/bench/floor $(B)/tests/eval/eval $(EVALTEST)

$(BIN): $(OBJ)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(OBJ) $(PKG_LIBS)

$(B)/flags.$(notdir $(lastword $(CC))):
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(WANTED); do echo 'int x;' | $(CC) -Werror $$f -x c -c -o /dev/null - 2>/dev/null && printf '%s ' $$f; done > $@; true

$(OBJ) $(UNIT) $(EVAL) $(EVALMAIN): | $(B)/flags.$(notdir $(lastword $(CC)))

$(B)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# protobuf-c's output is not ours to warn about.
$(PROTO).c $(PROTO).h &: ingest/profile.proto
	$(Q)mkdir -p $(B)/ingest
	$(Q)protoc-c --c_out=$(B) $<
$(PROTO).o: $(PROTO).c
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -I. -I$(B) $(OPT) $(HARD) -w -fPIE -MMD -MP $(PKG_CFLAGS) -c -o $@ $<

# Any text asset becomes a list of byte values: no quoting, no 4095-byte limit.
$(B)/%.inc: %
	$(Q)mkdir -p $(@D)
	$(Q)od -An -v -tu1 $< | sed 's/ *\([0-9][0-9]*\)/\1,/g' > $@
.SECONDARY: $(INC)
$(OBJ): | $(INC) $(PROTO).h

# Unit tests link the whole library; a fuzz target too, under clang.
$(B)/libattrib.a: $(LIBOBJ)
	$(Q)rm -f $@ && ar rcs $@ $(LIBOBJ)
$(B)/tests/unit/%: tests/unit/%.c tests/unit/check.h $(B)/libattrib.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MF $@.d -o $@ $< $(B)/libattrib.a $(PKG_LIBS)
$(B)/tests/tools/%: tests/tools/%.c $(B)/libattrib.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MF $@.d -o $@ $< $(B)/libattrib.a $(PKG_LIBS)
$(B)/tests/bench/%: tests/bench/%.c $(B)/libattrib.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MF $@.d -o $@ $< $(B)/libattrib.a $(PKG_LIBS)
.PRECIOUS: $(B)/tests/bench/%

# The harness of `make eval`, and the tests of the harness.
$(B)/tests/eval/eval: $(B)/tests/eval/main.o $(EVAL) $(B)/libattrib.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(EVALTEST): %: %.o $(EVAL) $(B)/libattrib.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(EVAL) $(EVALMAIN): | $(INC) $(PROTO).h

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

deps: ## install what is missing on Debian; elsewhere name it
	$(Q)sh tests/deps

# A first `make demo` on a bare machine: the packages first, then a make that can see them.
demo: deps ## build, analyze a real run shipped in testdata, show the answer
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)sh tests/demo ./attrib

test: deps ## build and run all tests (under 10 minutes on 2 cores); SAN=1 under ASan and UBSan
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all units
	$(Q)sh tests/all $(B) ./$(BIN)

test-ui: ## the page in a browser: screenshots, contrast, keys, speed, outside validators (Chromium; axe-core and others from npm)
	$(Q)sh tests/deps
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)sh tests/ui/run ./$(BIN)

test-all: ## make test, with gcc and clang, with sanitizers, with valgrind, with MSan
	$(Q)sh tests/deps clang libclang-rt-14-dev valgrind
	$(Q)$(MAKE) test
	$(Q)$(MAKE) test SAN=1
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) B=build/clang BIN=build/clang/attrib CC=clang all units
	$(Q)sh tests/all build/clang build/clang/attrib
	$(Q)sh tests/valgrind build attrib
	$(Q)sh tests/msan
	$(Q)sh tests/counts build ./attrib || [ $$? = 77 ]
	$(Q)sh tests/triage-all ./attrib build/san/attrib
	$(Q)$(MAKE) --no-print-directory faults FAULTS=1000

coverage: deps ## lines and branches that all tests together reach (gcov), and failures injected; the floor is 90 %; half an hour
	$(Q)sh tests/coverage

lint: ## clang-tidy, cppcheck, gcc -fanalyzer, shellcheck, layers, sizes; what did not change is not looked at again
	$(Q)sh tests/deps clang clang-tidy cppcheck shellcheck
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/lint $(B) "$(PKG_CFLAGS)"

bench: ## speed as a ratio to peers and to zlib, in pairs, in one run, into docs/performance.md; SIZES=50000 ROUNDS=3 ONLY=diff for a look
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all $(B)/tests/bench/genprof $(B)/tests/bench/gentext $(B)/tests/bench/floor $(B)/tests/tools/decode
	$(Q)python3 tests/bench/run $(B) ./$(BIN)

LAB_HOME ?= /opt/lab
WAIT ?= 10m
corpus: ## capture what testdata/corpus lacks (a run takes 30 s; needs Go); ONLY=SERVICE[/RUN],... selects, WAIT=10m is for a quiet machine
	$(Q)cd testdata/lab && go run ./corpus -out ../corpus -home $(LAB_HOME) -wait $(WAIT) $(if $(ONLY),-only $(ONLY)) */*.plan

CORPUS ?= testdata/corpus
eval: ## how often it is right, on the corpus, into docs/accuracy.md; FIT=1 refits analyze/weights.ini
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all $(B)/tests/eval/eval
	$(Q)$(B)/tests/eval/eval -attrib ./$(BIN) -report docs/accuracy.md $(if $(FIT),-fit analyze/weights.ini) $(CORPUS)
	$(Q)$(if $(FIT),$(MAKE) --no-print-directory all,true)

SECONDS ?= 20
fuzz: ## libFuzzer over every decoder and whatever else reads the bytes of others, SECONDS=N each
	$(Q)sh tests/deps clang libclang-rt-14-dev
	$(Q)$(MAKE) --no-print-directory all
	$(Q)bash tests/fuzz/run $(SECONDS)

FAULTS ?= 0
faults: all ## the real program with calls that fail, kills and mutants: all points, hours; FAULTS=N so many of each
	$(Q)sh tests/deps strace
	$(Q)ATTRIB=./$(BIN) tests/mutate $(if $(filter 0,$(FAULTS)),10000,$(FAULTS))
	$(Q)ATTRIB=./$(BIN) tests/faults io $(FAULTS)
	$(Q)ATTRIB=./$(BIN) tests/faults kill $(if $(filter 0,$(FAULTS)),300,$(FAULTS))
	$(Q)ATTRIB=./$(BIN) tests/faults strace $(if $(filter 0,$(FAULTS)),1000,$(FAULTS))
	$(Q)ATTRIB=./$(BIN) tests/faults memory $(FAULTS)

accept: all ## rewrite the expectations of tests/cases (then read git diff)
	$(Q)ATTRIB=./$(BIN) sh tests/run --accept $(CASE)

docs: all ## regenerate docs/limits.md and docs/schema.md
	$(Q)sh tests/docs ./$(BIN)

install: all ## the program, its man page and completions; PREFIX=/usr/local
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/attrib
	$(Q)mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(DESTDIR)$(PREFIX)/bin/attrib help --man >$(DESTDIR)$(PREFIX)/share/man/man1/attrib.1
	$(DESTDIR)$(PREFIX)/bin/attrib completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/attrib
	$(DESTDIR)$(PREFIX)/bin/attrib completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_attrib
	$(DESTDIR)$(PREFIX)/bin/attrib completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/attrib.fish

clean: ## forget the build
	$(Q)rm -rf build attrib

-include $(OBJ:.o=.d) $(UNIT:=.d) $(EVAL:.o=.d) $(EVALMAIN:.o=.d)
.PHONY: all units help deps demo test test-ui test-all coverage lint bench eval corpus fuzz faults accept docs install clean
