package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"clusternode/config"
	"clusternode/internal/daemon"
	"clusternode/internal/redislog"
	"clusternode/server"
)
