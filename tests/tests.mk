# SPDX-License-Identifier: Apache-2.0
# make test       every suite that needs no other kernel: lint, gcc and clang, unit, fuzz-replay, cases, bpf-test, e2e
# make unit       unit tests under sanitizers; TESTS="test_yaml test_text" picks some
# make fuzz-replay  every fuzz target over its corpus; `make fuzz TARGET=yaml SECONDS=60` searches for new inputs
# make cases      node trees against their expected verdicts
# make bpf-test   kernel programs loaded and driven, natively, in namespaces of their own (root)
# make e2e        the whole agent in namespaces of its own (root); TESTS= picks some
# make vm-test    the same on other kernels, under QEMU; KERNELS="5.10 6.1" picks some
# make lint       format, layers, sizes, banned functions, duplicates; `make format` formats
# make clang      the whole tree compiles with clang too
# make bench      what it costs, as medians with their spread; TESTS= picks some
# make fresh-machine  `make test` in a bare Debian of its own (root)

RESULTS := $(abspath $(BUILD))/results
export RESULTS
export BUILD_DIR := $(abspath $(BUILD))
TEST_CFLAGS := -Itests -Wno-unused-parameter
TEST_LIBS := $(LIBS) -lcurl -lcmocka
SUITES := lint gcc clang unit fuzz-replay cases bpf-test e2e

test-packages:
	@packaging/build-packages test
.PHONY: test-packages

# $(call picked,test_a test_b ...): those that TESTS names, or all
picked = $(if $(TESTS),$(filter $(TESTS),$(1)),$(1))

test: | packages test-packages
	@rm -rf $(RESULTS)
	@MAKE="$(MAKE)" tests/lib/run-all $(SUITES)
	@$(if $(NO_CLOSING_LINE),true,tests/lib/sum $(RESULTS))
.PHONY: test

# ---- unit: one cmocka program a module; other files of tests/unit/ are linked to each of them
UNIT_TESTS := $(call picked,$(basename $(notdir $(wildcard tests/unit/test_*.c))))
UNIT_HELPERS := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)

$(BUILD)/tests/unit/%: tests/unit/%.c $(UNIT_HELPERS) $(BUILD)/sanitized/libnodelatch.a | packages test-packages
	@mkdir -p $(@D)
	$(call step,TEST,$<)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf $(ALL_CFLAGS) $(SANITIZE) -O1 $(TEST_CFLAGS) $(LDFLAGS) \
		$(filter-out %.h,$^) $(TEST_LIBS) -o $@

unit: $(UNIT_PROGRAMS)
	@tests/lib/run-suite unit $(UNIT_PROGRAMS)
.PHONY: unit

# ---- fuzz: the same targets replayed (gcc, in `make test`) and searched (clang's libFuzzer, by hand)
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY_PROGRAMS := $(FUZZ_TARGETS:%=$(BUILD)/tests/replay/%)
FUZZ_PICKED := $(or $(TARGET),$(FUZZ_TARGETS))
FUZZ_PROGRAMS := $(FUZZ_PICKED:%=$(BUILD)/tests/fuzz/%)
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_WARNINGS := -Wno-gnu-zero-variadic-macro-arguments
SECONDS ?= 60

$(BUILD)/tests/replay/%: tests/fuzz/fuzz_%.c tests/lib/replay.c $(BUILD)/sanitized/libnodelatch.a | packages test-packages
	@mkdir -p $(@D)
	$(call step,TEST,$<)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf $(ALL_CFLAGS) $(SANITIZE) -O1 $(TEST_CFLAGS) \
		-Wno-missing-prototypes $(LDFLAGS) $(filter-out %.h,$^) $(TEST_LIBS) -o $@

$(eval $(call flavour,$(BUILD)/fuzzed,$(CLANG),-fsanitize=fuzzer-no-link $(FUZZ_SANITIZE) $(FUZZ_WARNINGS) -O1,))
$(BUILD)/tests/fuzz/%: tests/fuzz/fuzz_%.c $(BUILD)/fuzzed/libnodelatch.a | packages test-packages
	@mkdir -p $(@D)
	$(call step,FUZZ,$<)
	$(Q)$(CLANG) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf $(ALL_CFLAGS) -fsanitize=fuzzer $(FUZZ_SANITIZE) $(FUZZ_WARNINGS) \
		-O1 $(TEST_CFLAGS) -Wno-missing-prototypes $(LDFLAGS) $(filter-out %.h,$^) $(TEST_LIBS) -o $@

fuzz-replay: $(REPLAY_PROGRAMS)
	@WRAPPER=tests/lib/with-corpus tests/lib/run-suite fuzz-replay $(REPLAY_PROGRAMS)

fuzz: $(FUZZ_PROGRAMS)
	@SECONDS_EACH=$(SECONDS) tests/lib/fuzz $(FUZZ_PROGRAMS)
.PHONY: fuzz-replay fuzz

# ---- kernel programs, driven natively: release build, since a sanitizer changes what is mapped
BPF_TESTS := $(call picked,$(basename $(notdir $(wildcard tests/bpf/test_*.c))))
BPF_TEST_HELPERS := $(filter-out tests/bpf/test_% %.bpf.c,$(wildcard tests/bpf/*.c))
BPF_TEST_SKELETONS := $(patsubst tests/bpf/%.bpf.c,$(BUILD)/tests/bpf/%.skel.h,$(wildcard tests/bpf/*.bpf.c))
BPF_TEST_PROGRAMS := $(BPF_TESTS:%=$(BUILD)/tests/bpf/%)

$(BUILD)/tests/bpf/%.bpf.o: tests/bpf/%.bpf.c | packages
	@mkdir -p $(@D)
	$(call step,BPF,$<)
	$(Q)$(CLANG) -target bpf -D__TARGET_ARCH_$(ARCH) -O2 -g -Wall -Wextra -Werror -mcpu=v3 -Iinclude -Ibpf -MMD -MP -MF $@.d \
		-c $< -o $@.full
	$(Q)llvm-strip -g -o $@ $@.full

$(BUILD)/tests/bpf/%.skel.h: $(BUILD)/tests/bpf/%.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*)_bpf > $@.tmp
	@mv $@.tmp $@

$(BUILD)/tests/bpf/test_%: tests/bpf/test_%.c $(BPF_TEST_HELPERS) $(BUILD)/libnodelatch.a | packages test-packages $(BPF_TEST_SKELETONS)
	@mkdir -p $(@D)
	$(call step,TEST,$<)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf -isystem $(BUILD)/tests/bpf $(ALL_CFLAGS) $(HARDENING) $(TEST_CFLAGS) \
		-pie $(LDFLAGS) $(filter-out %.h,$^) $(TEST_LIBS) -o $@

bpf-test: $(BPF_TEST_PROGRAMS)
	@WRAPPER=tests/lib/in-namespaces tests/lib/run-suite bpf-test $(BPF_TEST_PROGRAMS)
.PHONY: bpf-test

# ---- the built programs, judged from outside
PROGRAMS := $(if $(wildcard agent/main.c),$(BUILD)/nodelatch) $(if $(wildcard agent/courier.c),$(BUILD)/nodelatch-courier)
E2E_TESTS := $(filter-out %.c %.h %.py %.md,$(wildcard tests/e2e/test_*))
E2E_PICKED := $(if $(TESTS),$(filter $(TESTS:%=tests/e2e/%),$(E2E_TESTS)),$(E2E_TESTS))

cases: $(PROGRAMS) | test-packages
	@tests/lib/run-suite cases $(wildcard tests/cases/run)

e2e: $(PROGRAMS) | test-packages
	@WRAPPER=tests/lib/in-namespaces tests/lib/run-suite e2e $(E2E_PICKED)
.PHONY: cases e2e

# ---- both compilers take the whole tree, tests included, without a warning
TEST_SOURCES := $(filter-out %.bpf.c,$(wildcard tests/*/*.c))
gcc: $(PROGRAMS) $(BUILD)/libnodelatch.a | test-packages
	@mkdir -p $(RESULTS)
	@printf 'pass\tgcc: the whole tree\t\n' > $(RESULTS)/gcc

clang: $(patsubst $(BUILD)/%,$(BUILD)/clang/%,$(PROGRAMS)) $(BUILD)/clang/libnodelatch.a | test-packages $(BPF_TEST_SKELETONS)
	@for source in $(TEST_SOURCES); do \
		$(CLANG) $(CPPFLAGS) -MF /dev/null -isystem $(BUILD)/bpf -isystem $(BUILD)/tests/bpf $(ALL_CFLAGS) $(TEST_CFLAGS) \
			-Wno-missing-prototypes -Wno-gnu-zero-variadic-macro-arguments -fsyntax-only $$source || exit 1; \
	done
	@mkdir -p $(RESULTS)
	@printf 'pass\tclang: the whole tree\t\n' > $(RESULTS)/clang
.PHONY: gcc clang

# ---- what a reader would object to
lint: | test-packages
	@tests/lib/run-suite lint $(wildcard tests/lint/check-*)
format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i
.PHONY: lint format

# ---- other kernels
vm-test: $(PROGRAMS) $(BPF_TEST_PROGRAMS) | test-packages
	@tests/vm/run $(KERNELS)
.PHONY: vm-test

# ---- what it costs
BENCHES := $(call picked,$(basename $(notdir $(wildcard tests/bench/bench_*.c))))
BENCH_PROGRAMS := $(BENCHES:%=$(BUILD)/tests/bench/%)
BENCH_HELPERS := $(filter-out tests/bench/bench_% %.bpf.c,$(wildcard tests/bench/*.c))
BENCH_SKELETONS := $(patsubst tests/bench/%.bpf.c,$(BUILD)/tests/bench/%.skel.h,$(wildcard tests/bench/*.bpf.c))

$(BUILD)/tests/bench/%.bpf.o: tests/bench/%.bpf.c | packages
	@mkdir -p $(@D)
	$(call step,BPF,$<)
	$(Q)$(CLANG) -target bpf -D__TARGET_ARCH_$(ARCH) -O2 -g -Wall -Wextra -Werror -mcpu=v3 -Iinclude -Ibpf -MMD -MP -MF $@.d \
		-c $< -o $@.full
	$(Q)llvm-strip -g -o $@ $@.full

$(BUILD)/tests/bench/%.skel.h: $(BUILD)/tests/bench/%.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*)_bpf > $@.tmp
	@mv $@.tmp $@

$(BUILD)/tests/bench/bench_%: tests/bench/bench_%.c $(BENCH_HELPERS) $(BUILD)/libnodelatch.a | packages test-packages $(BENCH_SKELETONS)
	@mkdir -p $(@D)
	$(call step,TEST,$<)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf -isystem $(BUILD)/tests/bench $(ALL_CFLAGS) $(HARDENING) $(TEST_CFLAGS) \
		-pie $(LDFLAGS) $(filter-out %.h,$^) $(TEST_LIBS) -o $@

bench: $(PROGRAMS) $(BENCH_PROGRAMS) | test-packages
	@tests/bench/run $(BENCH_PROGRAMS) $(if $(TESTS),$(filter $(TESTS:%=tests/bench/%.sh),$(wildcard tests/bench/*.sh)),$(wildcard tests/bench/*.sh))
.PHONY: bench

fresh-machine:
	@tests/fresh-machine
.PHONY: fresh-machine

-include $(wildcard $(BUILD)/tests/*/*.d)
