# Everything here is a name for a script or a Maven command; "make" alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo demo-recovery build guest-image test e2e chaos soak feature-matrix fuzz bench dist reproducible format clean

help: ## Lists what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: ## Runs a pod through CRI, on a containerd of its own, and shows what happens (KIND=wasm, appkernel or vmm)
	@scripts/demo $(KIND)

demo-recovery: ## Kills the daemon ten times under a pod that counts, and shows that it goes on
	@scripts/demo-recovery

build: ## Compiles and packages all modules, without running tests
	@scripts/install-missing build
	./mvnw -B -DskipTests package

guest-image: ## Makes what virtual machines boot, in guest-image/target/image/
	@scripts/guest-image

test: ## Runs all tests; the last line counts them
	@scripts/test

e2e: dist ## Runs only the tests that drive real containerds (CONTAINERD_VERSIONS="2.3.7 2.4.2")
	@scripts/test-e2e

chaos: dist ## Kills both daemons, 1,000 times and more, while pods come and go (about an hour)
	@scripts/chaos

soak: dist ## Lets many pods of each kind come and go, and looks for what is left (SOAK="2000 200 100"; about an hour)
	@scripts/soak $(SOAK)

feature-matrix: ## Writes docs/feature-matrix.md anew
	@scripts/feature-matrix

fuzz: ## Looks for bytes that break what reads the bytes of strangers (a minute for each target)
	@scripts/fuzz

# Only whoever runs it knows whether the machine was idle otherwise, and other figures are not to be kept.
bench: dist ## Measures, beside the peers' way of doing it, and prints it; scripts/bench --append keeps it in benchmarks/RESULTS.md, too
	@scripts/bench

dist: ## Makes the distribution in dist/
	@scripts/install-missing build
	@scripts/dist

reproducible: ## Makes the distribution twice, from clean, and compares
	@scripts/install-missing build
	@scripts/dist-reproducible

format: ## Formats all sources
	./mvnw -q -B spotless:apply

clean: ## Removes what was built; the cache of downloads stays
	./mvnw -q -B clean
	rm -rf dist target
