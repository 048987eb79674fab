package command

// TransactionSpecs are MULTI and what goes with it. The queue of commands and
// the watched keys belong to the connection, so the handlers are the server's.
var TransactionSpecs = []*Spec{
	{Name: "multi", Arity: 1, Flags: NoScript | Loading | Stale | Fast | AllowBusy | Immediate, Cats: CatTransaction},
	{Name: "exec", Arity: 1, Flags: NoScript | Loading | Stale | SkipSlowlog | Immediate, Cats: CatTransaction},
	{Name: "discard", Arity: 1, Flags: NoScript | Loading | Stale | Fast | AllowBusy | Immediate, Cats: CatTransaction},
	{Name: "watch", Arity: -2, Flags: NoScript | Loading | Stale | Fast | AllowBusy | Immediate, Cats: CatTransaction, Keys: []KeySpec{Range(1, -1, 1, KeyRO)}},
	{Name: "unwatch", Arity: 1, Flags: NoScript | Loading | Stale | Fast | AllowBusy, Cats: CatTransaction},
}
