package keyspace

// TableSize is about how many keys the tables of a database have places for;
// the directories of big partitions count as places.
func (ks *Keyspace) TableSize(db int) int64 {
	d := ks.dbs[db].Load()
	if d == nil {
		return 0
	}
	var bytes int64
	for i := range d.shards {
		bytes += d.shards[i].arena.Stats().Tables
	}
	return bytes / bucketBytes * bucketPlaces
}
