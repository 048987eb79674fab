package main

import (
	"fmt"
	"os"
	"runtime"

	"clusternode/config"
	"clusternode/internal/daemon"
	"clusternode/server"
)

const usage = `Usage: clusternode [/path/to/redis.conf|-] [--directive value ...]
       clusternode local [--primaries N] [--port P] [--dir DIR]
       clusternode -v or --version
       clusternode -h or --help

The first form serves one node, as redis-server does: with every directive of
redis.conf, in the file, on standard input ("-") or on the command line.
"local" runs a whole cluster on 127.0.0.1 in one process.

Examples:
       clusternode (serve port 6379 with the defaults)
       clusternode /etc/redis/6379.conf --loglevel verbose
       echo 'maxmemory 128mb' | clusternode -
       clusternode --port 7777 --cluster-enabled yes
       clusternode local --primaries 3 --port 7000
`

func main() {
	daemon.OwnArgs()
	os.Exit(run(os.Args[1:]))
}

// run chooses what to do and returns the exit status.
func run(args []string) int {
	if len(args) > 0 {
		switch args[0] {
		case "-v", "--version":
			fmt.Printf("Redis server v=%s sha=00000000:0 malloc=arena bits=%d build=%s clusternode=%s\n",
				config.Version, 32<<(^uint(0)>>63), runtime.Version(), server.Version)
			return 0
		case "-h", "--help":
			fmt.Print(usage)
			return 0
		case "local":
			return runLocal(args[1:], os.Stdout, os.Stderr)
		}
	}
	return runNode(config.New(), args)
}
