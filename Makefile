# latentmas: build, test, check. `make help` lists the targets.
#
# Everything is built under $(B): build/ for users, build/<variant>/ for the checks
# (gcc, clang, asan). Each room compiles with an include path that holds its own layer
# and those below it only, so an arrow that points the wrong way does not build.

# Another libllama than the system's: `make test LLAMA_PREFIX=DIR`, where DIR/lib/pkgconfig has
# llama.pc (a build of libllama by itself installs no ggml.pc; its libraries lie beside it). What
# runs finds them first: by DT_RPATH, which also holds for what libggml loads.
LLAMA_PREFIX ?=
override LLAMA_PREFIX := $(abspath $(LLAMA_PREFIX))
pc-path    = $(if $(LLAMA_PREFIX),PKG_CONFIG_PATH='$(LLAMA_PREFIX)/lib/pkgconfig':"$$PKG_CONFIG_PATH")
pkg-config = $(pc-path) pkg-config

B       ?= build$(if $(LLAMA_PREFIX),/llama)
CC       = gcc
PREFIX  ?= /usr/local
DESTDIR ?=

VERSION := $(shell sed -n 's/^.define LMAS_VERSION "\(.*\)"/\1/p' include/latentmas.h)
SOMAJOR := $(firstword $(subst ., ,$(VERSION)))

# ---- Parts: all through pkg-config; a missing one is named with its package ----
LIB_PKGS  := llama ggml yyjson openblas lapacke libsodium libzstd zlib libcurl
PROG_PKGS := yyjson libpcre2-8 libcurl zlib libedit libmicrohttpd sqlite3 libzip
TEST_PKGS := cmocka yyjson

ifneq ($(LLAMA_PREFIX),)
LIB_PKGS   := $(filter-out ggml,$(LIB_PKGS))
LLAMA_LIBS := -L$(LLAMA_PREFIX)/lib -lllama -lggml -lggml-base -Wl,--disable-new-dtags,-rpath,$(LLAMA_PREFIX)/lib
# Of what links to ours alone: where the linker finds what libllama needs.
LLAMA_LINK := -Wl,-rpath-link,$(LLAMA_PREFIX)/lib
endif

NEED := llama:libllama-dev:0.7.0 $(if $(LLAMA_PREFIX),,ggml:libggml-dev) yyjson:libyyjson-dev \
        openblas:libopenblas-dev \
        lapacke:liblapacke-dev libsodium:libsodium-dev libzstd:libzstd-dev \
        libpcre2-8:libpcre2-dev libcurl:libcurl4-openssl-dev zlib:zlib1g-dev \
        libedit:libedit-dev libmicrohttpd:libmicrohttpd-dev:1.0.0 \
        sqlite3:libsqlite3-dev libzip:libzip-dev

ifeq ($(filter help clean,$(MAKECMDGOALS)),)
MISSING := $(shell $(pc-path) sh tools/missing.sh $(NEED))
ifneq ($(MISSING),)
$(error $(MISSING))
endif
endif

LIB_LIBS  := $(LLAMA_LIBS) $(shell $(pkg-config) --libs $(LIB_PKGS) 2>/dev/null) -lm -lgomp -pthread
PROG_LIBS := $(shell $(pkg-config) --libs $(PROG_PKGS) 2>/dev/null)

# ---- Flags ----
OPT      ?= -O2 -g
CFLAGS   ?= $(OPT)
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes \
            -Wstrict-prototypes -Wvla -Wformat=2 -Wundef
WERROR   ?=
SAN      ?=
PKG_INC  := $(shell $(pkg-config) --cflags $(LIB_PKGS) $(PROG_PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
BASE_FLAGS = -std=c17 -D_GNU_SOURCE $(CFLAGS) $(SAN) $(WARNINGS) $(WERROR) -fPIC \
             -fvisibility=hidden -MMD -MP -Iinclude $(PKG_INC)

# `make V=1` shows the commands.
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

# ---- Rooms: what each may include ----
SEES_base    := base
SEES_net     := base net
SEES_jinja   := base jinja
SEES_kernels := base kernels
SEES_engine  := base jinja kernels engine
SEES_latent  := base jinja engine latent
SEES_store   := base jinja engine latent store
SEES_remote  := base net jinja engine latent remote
SEES_process := base process
SEES_team    := base net jinja engine latent store remote process team
SEES_grade   := base grade
SEES_sandbox := base process sandbox
SEES_hub     := base net hub
SEES_data    := base net hub grade data
SEES_eval    := base net hub grade sandbox data eval
SEES_exchange := base exchange
SEES_serve   := base net exchange serve
SEES_cli     := base net hub grade sandbox data eval exchange serve cli
SEES_unit    := base net jinja kernels engine latent store remote process team hub grade sandbox data eval exchange serve cli

LIB_ROOMS  := base net jinja kernels engine latent store remote process team
PROG_ROOMS := hub grade sandbox data eval exchange serve cli
COMMANDS   := ask chat serve run report show inspect regrade bench tasks data model memory teams completion help
TEAMS      := $(sort $(wildcard teams/*.json))
TASKS      := $(sort $(wildcard tasks/*.json))

src_of = $(sort $(wildcard src/$(1)/*.c src/$(1)/*/*.c src/$(1)/*/*/*.c))
obj_of = $(patsubst src/%.c,$(B)/obj/%.o,$(call src_of,$(1)))

LIB_OBJ  := $(filter-out $(B)/obj/process/keeper.o,$(foreach r,$(LIB_ROOMS),$(call obj_of,$(r)))) \
            $(B)/obj/team/builtin_teams.o $(B)/obj/process/keeper_bin.o
PROG_OBJ := $(foreach r,$(PROG_ROOMS),$(call obj_of,$(r))) $(B)/obj/sandbox/driver_py.o \
            $(B)/obj/cli/convert_py.o $(B)/obj/data/same_py.o $(B)/obj/eval/inspect_html.o \
            $(B)/obj/data/builtin_tasks.o \
            $(B)/obj/eval/reference_json.o \
            $(B)/obj/eval/report_html.o $(B)/obj/serve/serve_files.o \
            $(B)/obj/data/demo_jsonl.o $(B)/obj/data/demo_secret_jsonl.o \
            $(B)/obj/data/demo_split_jsonl.o

LIB_A  := $(B)/liblatentmas.a
LIB_SO := $(B)/liblatentmas.so.$(VERSION)
PROG   := $(B)/latentmas

MAN        := $(B)/man/latentmas.1 $(foreach c,$(COMMANDS),$(B)/man/latentmas-$(c).1)
COMPLETION := $(foreach s,bash zsh fish,$(B)/completion/latentmas.$(s))

.DELETE_ON_ERROR:
.SECONDARY: $(B)/gen/inspect.html $(B)/gen/report.html
.DEFAULT_GOAL := all
.PHONY: all help clean demo install print-flags print-kernel-flags

## all: the library, the program, the man pages and the completion (the default)
all: $(LIB_A) $(LIB_SO) $(PROG) $(B)/latentmas.pc $(MAN) $(COMPLETION)

## help: this list
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

# A folder of links per room: its include path.
$(B)/rooms/%/.made: Makefile
	@rm -rf $(@D) && mkdir -p $(@D)
	@for room in $(SEES_$*); do ln -s $(CURDIR)/src/$$room $(@D)/$$room; done
	@touch $@

define room_rule
$(B)/obj/$(1)/%.o: src/$(1)/%.c $(B)/rooms/$(1)/.made
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(BASE_FLAGS) $$(OPT_ROOM) -I$(B)/rooms/$(1) -c $$< -o $$@
endef
$(foreach r,$(LIB_ROOMS) $(PROG_ROOMS),$(eval $(call room_rule,$(r))))

# Kernels are for one kind of processor each, which is asked for before they are called. (AVX2 has no
# masks: gcc makes a choice a vector there only where no comparison has to trap. None has.)
AVX512 := -O3 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mavx512bf16 -mavx2 -mfma -mf16c
AVX2   := -O3 -fno-trapping-math -mavx2 -mfma -mf16c
$(B)/obj/kernels/avx512/%.o: OPT_ROOM = $(AVX512)
$(B)/obj/kernels/avx2/%.o: OPT_ROOM = $(AVX2)

# The team files become arrays in the library, so the program is one file.
$(B)/gen/builtin_teams.c: $(TEAMS) tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh table lmi_builtin_teams lmi_builtin_team team/file/builtin.h $(TEAMS) >$@

# And the task files in the program.
$(B)/gen/builtin_tasks.c: $(TASKS) tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh table lmi_builtin_tasks lmi_builtin_task data/file/builtin.h $(TASKS) >$@

# So does what runs model-written programs, as one text: pick.py goes where driver.py names it.
$(B)/gen/driver.py: src/sandbox/driver.py src/sandbox/pick.py
	@mkdir -p $(@D)
	$(Q)sed '/^# (pick\.py)$$/r src/sandbox/pick.py' $< >$@

$(B)/gen/driver_py.c: $(B)/gen/driver.py tools/embed.sh
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_driver_py sandbox/driver.h $< >$@

$(B)/gen/same_py.c: src/data/items/same.py tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_same_py data/items/parts.h $< >$@

# And the small program between a tool and its host. A sanitizer would only slow it down.
KEEPER_SRC := src/process/keeper.c src/process/tree.c src/process/walls/inodes.c src/base/mem.c

$(B)/gen/keeper: $(KEEPER_SRC) $(wildcard src/process/*.h src/process/walls/*.h) $(B)/rooms/process/.made
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(filter-out -fsanitize%,$(CFLAGS)) $(WARNINGS) $(WERROR) -Iinclude \
	    -I$(B)/rooms/process $(LDFLAGS) -s $(KEEPER_SRC) -o $@

$(B)/gen/keeper_bin.c: $(B)/gen/keeper tools/embed.sh
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh sized lmi_keeper process/keeper.h $< >$@

# And what drives llama.cpp's converter.
$(B)/gen/convert_py.c: src/cli/model/convert.py tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_convert_py cli/model/convert.h $< >$@

# And the pages of inspect and report, each as one text: style and script go where page.html names
# them; both draw answers with web/answer.*.
$(B)/gen/%.html: web/%/page.html web/%/page.css web/%/page.js web/answer.css web/answer.js web/parts.js
	@mkdir -p $(@D)
	$(Q)sed -e '/^(page\.css)$$/{r web/$*/page.css' -e 'd}' -e '/^(answer\.css)$$/{r web/answer.css' -e 'd}' \
	    -e '/^(page\.js)$$/{r web/$*/page.js' -e 'd}' -e '/^(answer\.js)$$/{r web/answer.js' -e 'd}' \
	    -e '/^(parts\.js)$$/{r web/parts.js' -e 'd}' $< >$@

$(B)/gen/%_html.c: $(B)/gen/%.html tools/embed.sh
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_web_$* eval/inspect/page.h $< >$@

# And the page of serve, whose files the server hands out: one style, one script.
SERVE_JS := web/parts.js $(addprefix web/serve/,server.js figures.js graph.js thoughts.js turns.js document.js ask.js compare.js edit.js page.js)

$(B)/gen/serve/page.css: web/answer.css web/serve/page.css
	@mkdir -p $(@D)
	$(Q)cat $^ >$@

$(B)/gen/serve/page.js: $(SERVE_JS)
	@mkdir -p $(@D)
	$(Q)(printf '"use strict";\n(() => {\n' && cat $^ && printf '})();\n') >$@

$(B)/gen/serve_files.c: web/serve/page.html web/serve/icon.svg $(B)/gen/serve/page.css $(B)/gen/serve/page.js tools/embed.sh
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh table lmi_web_files lmi_web_file serve/pages/web.h $(filter-out %.sh,$^) >$@

# And the numbers that others have published.
$(B)/gen/reference_json.c: src/eval/report/survey/reference.json tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_reference_json eval/report/survey/reference.h $< >$@

# And the data sets that come with the program.
$(B)/gen/%_jsonl.c: src/data/%.jsonl tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sh tools/embed.sh text lmi_$*_jsonl data/file/builtin.h $< >$@

define gen_rule
$(B)/obj/$(1)/$(2).o: $(B)/gen/$(2).c $(B)/rooms/$(1)/.made
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(BASE_FLAGS) $$(OPT_ROOM) -I$(B)/rooms/$(1) -c $$< -o $$@
endef
$(eval $(call gen_rule,team,builtin_teams))
$(eval $(call gen_rule,process,keeper_bin))
$(eval $(call gen_rule,sandbox,driver_py))
$(eval $(call gen_rule,data,same_py))
$(eval $(call gen_rule,data,builtin_tasks))
$(eval $(call gen_rule,eval,inspect_html))
$(eval $(call gen_rule,eval,reference_json))
$(eval $(call gen_rule,eval,report_html))
$(eval $(call gen_rule,serve,serve_files))
$(eval $(call gen_rule,cli,convert_py))
$(eval $(call gen_rule,data,demo_jsonl))
$(eval $(call gen_rule,data,demo_secret_jsonl))
$(eval $(call gen_rule,data,demo_split_jsonl))

$(LIB_A): $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

$(LIB_SO): $(LIB_OBJ)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -shared -Wl,-soname,liblatentmas.so.$(SOMAJOR) -Wl,--no-undefined \
	    $^ $(LIB_LIBS) -o $@
	@ln -sf $(notdir $@) $(B)/liblatentmas.so.$(SOMAJOR)
	@ln -sf $(notdir $@) $(B)/liblatentmas.so

$(PROG): $(PROG_OBJ) $(LIB_A)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) $^ $(LIB_LIBS) $(PROG_LIBS) -o $@

$(B)/latentmas.pc: Makefile include/latentmas.h
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' 'includedir=$${prefix}/include' '' \
	    'Name: latentmas' 'Description: teams of agents that hand over thoughts instead of text' \
	    'Version: $(VERSION)' 'Requires.private: llama >= 0.7.0, llama < 1, $(filter-out llama openblas lapacke libcurl,$(LIB_PKGS))' 'Libs: -L$${libdir} -llatentmas$(if $(LLAMA_LINK), $(LLAMA_LINK))' \
	    'Libs.private: $(shell $(pkg-config) --libs openblas lapacke libcurl 2>/dev/null) -lm -lgomp -pthread' 'Cflags: -I$${includedir}' >$@

# The manual and the completion come out of the program's own option tables.
$(B)/man/latentmas.1: $(PROG)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(PROG) help --man >$@

$(B)/man/latentmas-%.1: $(PROG)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(PROG) help --man $* >$@

$(B)/completion/latentmas.%: $(PROG)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(PROG) completion $* >$@

## demo: build, then have the demo model solve one problem in the three methods
demo: $(PROG)
	@sh tools/demo.sh $(PROG)

## install: library, headers, Python's binding, program, man pages, completion under PREFIX (honours DESTDIR)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 755 $(PROG) $(DESTDIR)$(PREFIX)/bin/latentmas
	install -m 644 include/*.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIB_A) $(LIB_SO) $(DESTDIR)$(PREFIX)/lib
	ln -sf $(notdir $(LIB_SO)) $(DESTDIR)$(PREFIX)/lib/liblatentmas.so.$(SOMAJOR)
	ln -sf liblatentmas.so.$(SOMAJOR) $(DESTDIR)$(PREFIX)/lib/liblatentmas.so
	sed 's|^prefix=.*|prefix=$(PREFIX)|' $(B)/latentmas.pc >$(DESTDIR)$(PREFIX)/lib/pkgconfig/latentmas.pc
	install -d $(DESTDIR)$(PREFIX)/share/latentmas/python
	install -m 644 bindings/python/latentmas.py $(DESTDIR)$(PREFIX)/share/latentmas/python
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 $(B)/completion/latentmas.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/latentmas
	install -d $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 $(B)/completion/latentmas.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_latentmas
	install -d $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 $(B)/completion/latentmas.fish \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/latentmas.fish
	@sh tools/installed.sh '$(DESTDIR)$(PREFIX)/bin/latentmas'

## clean: remove everything that was built
clean:
	rm -rf $(B)

print-flags:
	@echo '$(filter-out -MMD -MP,$(BASE_FLAGS))'
print-kernel-flags:
	@echo '$(AVX512)'

-include $(LIB_OBJ:.o=.d) $(PROG_OBJ:.o=.d)
-include tests/tests.mk
-include tests/peers/peers.mk
