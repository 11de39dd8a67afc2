# SPDX-License-Identifier: Apache-2.0
# make test         lint gcc clang unit fuzz-replay cases bpf-test e2e; with VM=yes vm-test too
# make unit         unit tests under sanitizers; TESTS="test_yaml test_text" picks some
# make fuzz-replay  every fuzz target over its corpus; `make fuzz TARGET=yaml SECONDS=60` searches on
# make cases        node trees against their expected verdicts
# make bpf-test     kernel programs loaded and driven, natively, in namespaces of their own (root)
# make e2e          the whole agent in namespaces of its own (root); TESTS= picks some
# make vm-test      the same on other kernels, under QEMU; KERNELS="5.10 6.1" picks some
# make lint         format, layers, sizes, words, duplicates; `make format` formats
# make clang        the whole tree compiles with clang too
# make docs         the table and the manual page of all checks, and the default policy, from the rows
# make bench        what it costs, as medians with their spread; TESTS= picks some
# make fresh-machine  `make test` in a bare Debian of its own (root); RUN="make run" runs another command

RESULTS := $(abspath $(BUILD))/results
export RESULTS
export BUILD_DIR := $(abspath $(BUILD))
TEST_CFLAGS := -Itests -Wno-unused-parameter
TEST_LIBS := $(LIBS) -lssl -lcurl -lcmocka
TEST_NEEDS := packages test-packages
SUITES := lint gcc clang unit fuzz-replay cases bpf-test e2e $(if $(VM),vm-test)

test-packages: | packages
	@packaging/build-packages test
.PHONY: test-packages

# $(call picked,test_a test_b ...): those that TESTS names, or all
picked = $(if $(TESTS),$(filter $(TESTS),$(1)),$(1))
# $(call named,FOLDER,PREFIX): names without folder and suffix of FOLDER/PREFIX*.c
named = $(basename $(notdir $(wildcard $(1)/$(2)*.c)))
# $(call helpers,FOLDER,PREFIX): the other C files of a folder of tests: linked to each of its programs
helpers = $(filter-out $(1)/$(2)% %.bpf.c,$(wildcard $(1)/*.c))
# $(call skeletons,FOLDER): of kernel programs that only tests use
skeletons = $(patsubst %.bpf.c,$(BUILD)/%.skel.h,$(wildcard $(1)/*.bpf.c))
# $(call compile,COMPILER,FLAGS): one program from all C files and libraries among the prerequisites
compile = $(Q)mkdir -p $(@D) && $(1) $(CPPFLAGS) -MF $@.d -isystem $(BUILD)/bpf -isystem $(@D) $(ALL_CFLAGS) $(2) \
	$(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) $(TEST_LIBS) -o $@

test: | $(TEST_NEEDS)
	@rm -rf $(RESULTS)
	@MAKE="$(MAKE)" tests/lib/run-all $(SUITES)
	@tests/lib/sum $(RESULTS)
.PHONY: test

# ---- unit: one cmocka program a module
UNIT_PROGRAMS := $(patsubst %,$(BUILD)/tests/unit/%,$(call picked,$(call named,tests/unit,test_)))

# An archive: a test gets only those helpers that it calls, and with them only what they need.
$(BUILD)/sanitized/tests/%.o: ALL_CFLAGS += $(TEST_CFLAGS)
$(BUILD)/sanitized/tests/unit/libhelpers.a: $(patsubst %.c,$(BUILD)/sanitized/%.o,$(call helpers,tests/unit,test_))
	$(Q)mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
-include $(wildcard $(BUILD)/sanitized/tests/unit/*.d)

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/sanitized/tests/unit/libhelpers.a $(BUILD)/sanitized/libnodelatch.a \
		| $(TEST_NEEDS)
	$(call step,TEST,$<)
	$(call compile,$(CC),$(SANITIZE) -O1)

unit: $(UNIT_PROGRAMS)
	@tests/lib/run-suite unit $(UNIT_PROGRAMS)
.PHONY: unit

# ---- fuzz: the same targets replayed (gcc, in `make test`) and searched (clang's libFuzzer, by hand)
FUZZ_TARGETS := $(patsubst fuzz_%,%,$(call named,tests/fuzz,fuzz_))
REPLAY_PROGRAMS := $(FUZZ_TARGETS:%=$(BUILD)/tests/replay/%)
FUZZ_PROGRAMS := $(patsubst %,$(BUILD)/tests/fuzz/%,$(or $(TARGET),$(FUZZ_TARGETS)))
FUZZ_CFLAGS := $(SANITIZE) -O1 -Wno-gnu-zero-variadic-macro-arguments
SECONDS ?= 60

$(BUILD)/tests/replay/%: tests/fuzz/fuzz_%.c tests/lib/replay.c $(call helpers,tests/fuzz,fuzz_) \
		$(BUILD)/sanitized/libnodelatch.a | $(TEST_NEEDS)
	$(call step,TEST,$<)
	$(call compile,$(CC),$(SANITIZE) -O1 -Wno-missing-prototypes)

$(eval $(call flavour,$(BUILD)/fuzzed,$(CLANG),-fsanitize=fuzzer-no-link $(FUZZ_CFLAGS),))
$(BUILD)/tests/fuzz/%: tests/fuzz/fuzz_%.c $(call helpers,tests/fuzz,fuzz_) $(BUILD)/fuzzed/libnodelatch.a \
		| $(TEST_NEEDS)
	$(call step,FUZZ,$<)
	$(call compile,$(CLANG),-fsanitize=fuzzer $(FUZZ_CFLAGS) -Wno-missing-prototypes)

fuzz-replay: $(REPLAY_PROGRAMS)
	@WRAPPER=tests/lib/with-corpus tests/lib/run-suite fuzz-replay $(REPLAY_PROGRAMS)

fuzz: $(FUZZ_PROGRAMS)
	@SECONDS_EACH=$(SECONDS) tests/lib/fuzz $(FUZZ_PROGRAMS)
.PHONY: fuzz-replay fuzz

# ---- kernel programs, driven natively: release build, as sanitizers need more memory than a test machine has
BPF_PROGRAMS := $(patsubst %,$(BUILD)/tests/bpf/%,$(call picked,$(call named,tests/bpf,test_)))
$(eval $(call kernel_programs,tests/bpf))

$(BUILD)/tests/bpf/test_%: tests/bpf/test_%.c $(call helpers,tests/bpf,test_) $(BUILD)/libnodelatch.a \
		| $(TEST_NEEDS) $(call skeletons,tests/bpf)
	$(call step,TEST,$<)
	$(call compile,$(CC),$(HARDENING) -pie)

bpf-test: $(BPF_PROGRAMS)
	@WRAPPER=tests/lib/in-namespaces tests/lib/run-suite bpf-test $(BPF_PROGRAMS)
.PHONY: bpf-test

# ---- the built programs, judged from outside; C files of tests/e2e are stand-ins, a program each
E2E_TESTS := $(filter-out %.c %.h %.py %.md,$(wildcard tests/e2e/test_*))
E2E_PICKED := $(if $(TESTS),$(filter $(TESTS:%=tests/e2e/%),$(E2E_TESTS)),$(E2E_TESTS))
STAND_INS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/e2e/*.c))

# `make demo` uses them too, so they need nothing that only tests need.
$(BUILD)/tests/e2e/%: tests/e2e/%.c | packages
	@mkdir -p $(@D)
	$(call step,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -MF $@.d $(ALL_CFLAGS) $(HARDENING) -pie $(LDFLAGS) $< -o $@
demo: $(STAND_INS)

cases: $(PROGRAMS) | test-packages
	@tests/lib/run-suite cases $(wildcard tests/cases/run)

# In a namespace there is no network, so what a test needs from outside comes before it.
otlp-protos: | test-packages
	@tests/lib/fetch-otlp-protos $(BUILD)/tests/otlp-protos
report-schemas: | test-packages
	@tests/lib/fetch-report-schemas $(BUILD)/tests/report-schemas
etcd: | test-packages
	@tests/lib/fetch-etcd $(BUILD)/tests/etcd
.PHONY: otlp-protos report-schemas etcd

e2e: $(PROGRAMS) $(STAND_INS) $(BUILD)/sanitized/nodelatch | test-packages otlp-protos report-schemas etcd
	@WRAPPER=tests/lib/in-namespaces tests/lib/run-suite e2e $(E2E_PICKED)
.PHONY: cases e2e

# ---- both compilers take the whole tree, tests included, without a warning
PASSED = @mkdir -p $(RESULTS) && printf 'pass\t$@: the whole tree compiles\t\n' >$(RESULTS)/$@
TEST_SOURCES := $(filter-out %.bpf.c,$(wildcard tests/*/*.c))

gcc: $(PROGRAMS) $(BUILD)/libnodelatch.a
	$(PASSED)

clang: $(PROGRAMS:$(BUILD)/%=$(BUILD)/clang/%) $(BUILD)/clang/libnodelatch.a \
		| test-packages $(call skeletons,tests/bpf) $(call skeletons,tests/bench)
	@for source in $(TEST_SOURCES); do \
		$(CLANG) $(CPPFLAGS) -MF /dev/null -isystem $(BUILD)/bpf -isystem $(BUILD)/tests/bpf \
			-isystem $(BUILD)/tests/bench $(ALL_CFLAGS) $(TEST_CFLAGS) -Wno-missing-prototypes \
			-Wno-gnu-zero-variadic-macro-arguments -fsyntax-only $$source || exit 1; \
	done
	$(PASSED)
.PHONY: gcc clang

# ---- what a reader would object to
lint: $(BUILD)/nodelatch | test-packages
	@tests/lib/run-suite lint $(wildcard tests/lint/check-*)
format: | test-packages
	@tests/lint/list-files '*.c' '*.h' | xargs clang-format -i
.PHONY: lint format

# ---- documents of all checks, made from their rows; tests/lint/check-documents holds them to those
docs: $(PROGRAMS)
	@$(BUILD)/nodelatch explain --format markdown >agent/check/README.md
	@$(BUILD)/nodelatch explain --format man >packaging/man/nodelatch-checks.7
	@$(BUILD)/nodelatch config default >config/policy.yaml
.PHONY: docs

# ---- other kernels
vm-test: $(PROGRAMS) $(BPF_PROGRAMS) $(STAND_INS) | test-packages
	@tests/vm/run $(KERNELS)
.PHONY: vm-test

# ---- what it costs
BENCH_PROGRAMS := $(patsubst %,$(BUILD)/tests/bench/%,$(call picked,$(call named,tests/bench,bench_)))
BENCH_SCRIPTS := $(addsuffix .sh,$(addprefix tests/bench/,$(call picked,\
	$(patsubst tests/bench/%.sh,%,$(wildcard tests/bench/*.sh)))))
$(eval $(call kernel_programs,tests/bench))

$(BUILD)/tests/bench/bench_%: tests/bench/bench_%.c $(call helpers,tests/bench,bench_) $(BUILD)/libnodelatch.a \
		| $(TEST_NEEDS) $(call skeletons,tests/bench)
	$(call step,BENCH,$<)
	$(call compile,$(CC),$(HARDENING) -pie)

bench: $(PROGRAMS) $(BENCH_PROGRAMS) $(STAND_INS) | test-packages
	@tests/bench/run $(BENCH_PROGRAMS) $(BENCH_SCRIPTS)
.PHONY: bench

fresh-machine:
	@tests/fresh-machine $(RUN)
.PHONY: fresh-machine

-include $(wildcard $(BUILD)/tests/*/*.d)
