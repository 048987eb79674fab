package server

import (
	"clusternode/command"
	"clusternode/config"
)

// outputClass says which of client-output-buffer-limit's limits hold for a
// connection.
type outputClass uint8

const (
	outputNormal outputClass = iota
	outputReplica
	outputPubSub
	outputClasses
)

// outputLimit is what a class may leave unread, ready for use.
type outputLimit struct {
	hard, soft int64 // bytes; 0: none
	softFor    int64 // ns that soft may be exceeded
}

// outputLimits are the limits by class; immutable.
type outputLimits [outputClasses]outputLimit

func newOutputLimits(c config.OutputLimits) *outputLimits {
	var out outputLimits
	for class, l := range [outputClasses]config.OutputLimit{outputNormal: c.Normal, outputReplica: c.Replica, outputPubSub: c.PubSub} {
		out[class] = outputLimit{hard: clamp(l.Hard), soft: clamp(l.Soft), softFor: l.SoftSeconds * 1e9}
	}
	return &out
}

// output is client-output-buffer-limit of a class: bytes, bytes, ns. 0 bytes
// are no limit.
func (l *limits) output(class outputClass) (hard, soft, softFor int64) {
	o := &l.outputs.Load()[class]
	return o.hard, o.soft, o.softFor
}

// outputClass is the class of the connection.
func (c *conn) outputClass() outputClass {
	if c.Has(command.ClientPubSub) {
		return outputPubSub
	}
	return outputNormal
}
