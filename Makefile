# SPDX-License-Identifier: Apache-2.0
# make run    builds nodelatch and runs it in the foreground with the default policy (as root)
# make demo   shows what it does to a stand-in kubelet, in namespaces of its own
# make test   lint, unit, cases, native BPF, end to end
# make help   everything else; V=1 shows every command

VERSION := 0.1.0
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /sbin/bpftool) bpftool)
# $(call step,WHAT,FILE): one short line a step, or with V=1 nothing, since make then shows the command itself
step = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')
Q := $(if $(V),,@)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
ARCH := $(shell uname -m | sed -e 's/x86_64/x86/' -e 's/aarch64/arm64/')

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wvla -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Werror
HARDENING := -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -fPIE
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CPPFLAGS += -D_GNU_SOURCE -DNODELATCH_VERSION='"$(VERSION)"' -Iinclude -Iagent -include agent/base/banned.h -MMD -MP
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARNINGS)
LDFLAGS += -Wl,-z,relro,-z,now -Wl,--as-needed
LIBS := -l:libbpf.a -lelf -lz -lyaml -ljansson -lsqlite3 -lcrypto -levent_core -lcap -lseccomp -lm
COURIER_LIBS := -lcurl -lz -ljansson -lcrypto -lyaml -lcap -lseccomp -lm
PROBER_LIBS := -lssl -lcrypto -ljansson -lcap

# Each root is a program of its own; everything else is one library, so that a program holds only what it calls.
ROOTS := agent/main.c agent/courier.c agent/prober.c
SOURCES := $(filter-out $(ROOTS),$(wildcard agent/*.c agent/*/*.c agent/*/*/*.c))
BPF_SOURCES := $(wildcard bpf/*.bpf.c)
SKELETONS := $(BPF_SOURCES:bpf/%.bpf.c=$(BUILD)/bpf/%.skel.h)

PROGRAMS := $(patsubst agent/%.c,$(BUILD)/%,$(wildcard $(ROOTS)))
PROGRAMS := $(PROGRAMS:$(BUILD)/main=$(BUILD)/nodelatch)
PROGRAMS := $(PROGRAMS:$(BUILD)/courier=$(BUILD)/nodelatch-courier)
PROGRAMS := $(PROGRAMS:$(BUILD)/prober=$(BUILD)/nodelatch-prober)

all: packages $(PROGRAMS)

# Skeletons are made on the way to something else; make would delete them.
.SECONDARY:

# ---- what a fresh machine lacks
packages:
	@packaging/build-packages build
.PHONY: packages

# ---- kernel programs: call with a folder of *.bpf.c; objects and skeletons go below $(BUILD)
define kernel_programs
$(BUILD)/$(1)/%.bpf.o: $(1)/%.bpf.c | packages
	@mkdir -p $$(@D)
	$$(call step,BPF,$$<)
	$$(Q)$(CLANG) -target bpf -D__TARGET_ARCH_$(ARCH) -O2 -g -Wall -Wextra -Werror -mcpu=v3 \
		-Iinclude -Ibpf -MMD -MP -MF $$@.d -c $$< -o $$@.full
	$$(Q)llvm-strip -g -o $$@ $$@.full
$(BUILD)/$(1)/%.skel.h: $(BUILD)/$(1)/%.bpf.o
	$$(Q)$(BPFTOOL) gen skeleton $$< name $$(subst -,_,$$*)_bpf > $$@.tmp
	@mv $$@.tmp $$@
-include $(wildcard $(BUILD)/$(1)/*.d)
endef
$(eval $(call kernel_programs,bpf))

# ---- programs: call with a flavour's folder, compiler and flags
define flavour
$(1)/%.o: %.c | packages $(SKELETONS)
	@mkdir -p $$(@D)
	$$(call step,CC,$$<)
	$$(Q)$(2) $$(CPPFLAGS) -isystem $(BUILD)/bpf $$(ALL_CFLAGS) $(3) -c $$< -o $$@
$(1)/libnodelatch.a: $(SOURCES:%.c=$(1)/%.o)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
$(1)/nodelatch: $(1)/agent/main.o $(1)/libnodelatch.a
	$$(call step,LINK,$$@)
	$$(Q)$(2) $(3) $(4) $$(LDFLAGS) $$^ $$(LIBS) -o $$@
$(1)/nodelatch-courier: $(1)/agent/courier.o $(1)/libnodelatch.a
	$$(call step,LINK,$$@)
	$$(Q)$(2) $(3) $(4) $$(LDFLAGS) $$^ $$(COURIER_LIBS) -o $$@
$(1)/nodelatch-prober: $(1)/agent/prober.o $(1)/libnodelatch.a
	$$(call step,LINK,$$@)
	$$(Q)$(2) $(3) $(4) $$(LDFLAGS) $$^ $$(PROBER_LIBS) -o $$@
-include $(patsubst %.c,$(1)/%.d,$(SOURCES) $(ROOTS))
endef
$(eval $(call flavour,$(BUILD),$(CC),$(HARDENING),-pie))
$(eval $(call flavour,$(BUILD)/sanitized,$(CC),$(SANITIZE) -O1,))
$(eval $(call flavour,$(BUILD)/clang,$(CLANG),-Wno-gnu-zero-variadic-macro-arguments $(HARDENING),-pie))

run: all
	$(BUILD)/nodelatch run
demo: all
	@tests/e2e/demo
clean:
	rm -rf $(BUILD)
help:
	@sed -n 's/^# make /make /p' Makefile tests/tests.mk
.PHONY: all run demo clean help

include tests/tests.mk
