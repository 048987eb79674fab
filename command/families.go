package command

// Families lists every family of commands, for NewTable.
func Families() [][]*Spec {
	return [][]*Spec{
		StringSpecs, BitmapSpecs, GenericSpecs, ConnectionSpecs, TransactionSpecs,
		ServerSpecs, IntrospectionSpecs, DebugSpecs, ConfigSpecs, ClusterSpecs,
		SetSpecs, StreamSpecs, ListSpecs, BlockingSpecs, SortSpecs, ZSetSpecs, HashSpecs,
		HyperLogLogSpecs, GeoSpecs, ObserveSpecs, PubSubSpecs,
	}
}
