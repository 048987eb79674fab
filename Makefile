# clusternode: `make` lists the targets.
.DEFAULT_GOAL := help
FUZZTIME ?= 60s
SEEDS ?= 3000
COMMANDS ?= 100000

.PHONY: help build test race fuzz sim diff clients bench lint run
help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## one static binary in bin/clusternode
	CGO_ENABLED=0 go build -trimpath -o bin/clusternode ./cmd/clusternode

run: ## a local cluster on ports 7000-7002
	go run ./cmd/clusternode local

test: ## all tests that need nothing but Go
	go test ./...

race: ## the tests under the race detector
	go test -race -short ./...

fuzz: ## every fuzz target for FUZZTIME (60s) each
	.ci/fuzz $(FUZZTIME)

sim: ## SEEDS (3000) seeds of the cluster simulation
	SEEDS=$(SEEDS) go test -count=1 -timeout 60m -run Simulation ./cluster/...

diff: ## COMMANDS (100000) random commands against real servers; replies must be equal
	ORACLES=$${ORACLES:-$$(.ci/oracles "$${TMPDIR:-/tmp}/clusternode-oracles" | tail -n 1)} COMMANDS=$(COMMANDS) go test -tags oracle -count=1 -timeout 60m ./internal/difftest

clients: ## redis-py, redis-cli and redis-benchmark against real processes
	.ci/clients

bench: ## ours and redis-server side by side: ratios, bytes per key
	go run ./bench

lint: ## gofmt, go vet, staticcheck
	.ci/lint
