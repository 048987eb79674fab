package command

// PubSubSpecs are the commands of channels. Who listens to what is the server's
// (package pubsub), so all handlers but one are, too.
var PubSubSpecs = []*Spec{
	{Name: "subscribe", Arity: -2, Flags: subscribeFlags, Cost: subscribeCost},
	{Name: "unsubscribe", Arity: -1, Flags: subscribeFlags, Cost: subscribeCost},
	{Name: "psubscribe", Arity: -2, Flags: subscribeFlags, Cost: subscribeCost},
	{Name: "punsubscribe", Arity: -1, Flags: subscribeFlags, Cost: subscribeCost},
	{Name: "publish", Arity: 3, Flags: PubSub | Loading | Stale | Fast | MayReplicate, Cost: publishCost},
	{Name: "ssubscribe", Arity: -2, Flags: subscribeFlags, Keys: shardChannels(-1), Cost: subscribeCost},
	{Name: "sunsubscribe", Arity: -1, Flags: subscribeFlags, Keys: shardChannels(-1), Cost: subscribeCost},
	{Name: "spublish", Arity: 3, Flags: PubSub | Loading | Stale | Fast | MayReplicate, Keys: shardChannels(0)},
	{Name: "pubsub", Arity: -2, Subs: []*Spec{
		{Name: "channels", Arity: -2, Flags: pubsubFlags, Cost: listCost},
		{Name: "numsub", Arity: -2, Flags: pubsubFlags},
		{Name: "numpat", Arity: 2, Flags: pubsubFlags},
		{Name: "shardchannels", Arity: -2, Flags: pubsubFlags, Cost: listCost},
		{Name: "shardnumsub", Arity: -2, Flags: pubsubFlags},
		{Name: "help", Arity: 2, Flags: Loading | Stale, Handler: helper("PUBSUB", pubsubHelp...)},
	}},
}

const (
	subscribeFlags = PubSub | NoScript | Loading | Stale
	pubsubFlags    = PubSub | Loading | Stale
)

// shardChannels is the key spec of channels that live in slots like keys.
func shardChannels(last int) []KeySpec {
	return []KeySpec{{Flags: KeyNotKey, Index: 1, Last: last, Step: 1}}
}

var pubsubHelp = []string{
	"CHANNELS [<pattern>]",
	"    Return the currently active channels matching a <pattern> (default: '*').",
	"NUMPAT",
	"    Return number of subscriptions to patterns.",
	"NUMSUB [<channel> ...]",
	"    Return the number of subscribers for the specified channels, excluding",
	"    pattern subscriptions(default: no channels).",
	"SHARDCHANNELS [<pattern>]",
	"    Return the currently active shard level channels matching a <pattern> (default: '*').",
	"SHARDNUMSUB [<shardchannel> ...]",
	"    Return the number of subscribers for the specified shard level channel(s)",
}

// Topics is what the cost of a command depends on.
type Topics interface {
	// Listed is how many channels and shard channels have subscribers.
	Listed() int
	// Candidates is how many patterns a message to the channel is compared with.
	Candidates(channel []byte) int
	// Held is how many subscriptions the client has.
	Held(c *Client) int
}

// What one comparison with a pattern takes, about, and one name of a list.
const (
	matchCost = 60 // ns
	nameCost  = 150
	entryCost = 400 // a subscription that begins or ends
)

func publishCost(c *Ctx) int64 { return int64(c.Env.Topics.Candidates(c.Args[1])) * matchCost }
func listCost(c *Ctx) int64    { return int64(c.Env.Topics.Listed()) * nameCost }

// subscribeCost is for those that name what they begin or end, or end all.
func subscribeCost(c *Ctx) int64 {
	if len(c.Args) == 1 {
		return heldCost(c)
	}
	return int64(len(c.Args)) * entryCost
}

// heldCost is what it takes to end all subscriptions of the client.
func heldCost(c *Ctx) int64 {
	if !c.C.Has(ClientPubSub) {
		return 0
	}
	return int64(c.Env.Topics.Held(c.C)) * entryCost
}
