// Command clusternode is a Redis Cluster node.
//
//	clusternode [redis.conf|-] [--directive value ...]   serve one node
//	clusternode local [--primaries N] [--port P] [--dir DIR]   a whole cluster in this process
//	clusternode --version | --help
//
// main.go chooses the verb, serve.go runs a node as redis-server does, local.go
// a cluster of nodes.
package main
